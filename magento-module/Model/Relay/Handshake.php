<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

use Byte8\SageAccounting\Model\Installation\Installation;
use Byte8\SageAccounting\Model\Recovery\RelayRecovery;
use Byte8\SageAccounting\Model\Recovery\SequenceRecovery;
use Byte8\SageAccounting\Model\Status\Problems;

/**
 * Starts and ends every exchange with the relay. Checks whether this is the paired shop, what the status of its
 * binding is, and whether one side was restored from a backup.
 */
class Handshake
{
    private const NOT_FOUND = 404;

    public function __construct(
        private readonly Installation $installation,
        private readonly BindingStatusRepository $statuses,
        private readonly SequenceRecovery $sequenceRecovery,
        private readonly RelayRecovery $relayRecovery,
        private readonly Problems $problems
    ) {
    }

    /**
     * @return bool whether this run may send and receive
     */
    public function begin(\DateTimeImmutable $until): bool
    {
        if (!$this->installation->check()) {
            $this->recordProblem(Problems::INSTALLATION, RelayException::looksLikeCopy($this->installation->origin()));

            return false;
        }
        try {
            $status = $this->statuses->pull();
        } catch (RelayException $failure) {
            return $this->isUsableAfter($failure);
        }
        $this->problems->clear(Problems::INSTALLATION);
        $this->problems->clear(Problems::RELAY);

        return $this->sequenceRecovery->run($status, $until) && $this->relayRecovery->run($status, $until);
    }

    /**
     * Tells a restored relay when everything was offered again.
     */
    public function end(): void
    {
        $status = $this->statuses->last();
        if ($status === null) {
            return;
        }
        try {
            $this->relayRecovery->complete($status);
        } catch (RelayException $failure) {
            $this->recordProblem(Problems::RELAY, $failure);
        }
    }

    private function isUsableAfter(RelayException $failure): bool
    {
        if ($failure->isOtherInstallation()) {
            $this->recordProblem(Problems::INSTALLATION, $failure);
            $this->problems->clear(Problems::RELAY);

            return false;
        }
        $this->problems->clear(Problems::INSTALLATION);
        if ($failure->status === self::NOT_FOUND) {
            // A relay of an earlier version does not have this resource.
            $this->problems->clear(Problems::RELAY);
            $this->statuses->forget();

            return true;
        }
        $this->recordProblem(Problems::RELAY, $failure);

        return true;
    }

    private function recordProblem(string $area, RelayException $failure): void
    {
        $this->problems->record(
            $area,
            $failure->errorCode,
            $failure->getMessage(),
            $failure->suggestion(),
            $failure->isPassing()
        );
    }
}
