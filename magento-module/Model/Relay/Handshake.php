<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

use Byte8\SageAccounting\Model\Installation\Installation;
use Byte8\SageAccounting\Model\Recovery\RelayRecovery;
use Byte8\SageAccounting\Model\Recovery\SequenceRecovery;
use Byte8\SageAccounting\Model\Status\Troubles;

/**
 * Begins and ends an exchange with the relay: is this the shop that was paired, how does its binding stand, and was
 * one side restored from a backup.
 */
class Handshake
{
    private const NOT_FOUND = 404;

    public function __construct(
        private readonly Installation $installation,
        private readonly BindingStatusKeeper $statuses,
        private readonly SequenceRecovery $sequenceRecovery,
        private readonly RelayRecovery $relayRecovery,
        private readonly Troubles $troubles
    ) {
    }

    /**
     * @return bool whether anything may travel in this run
     */
    public function begin(\DateTimeImmutable $until): bool
    {
        if (!$this->installation->check()) {
            $this->note(Troubles::INSTALLATION, RelayException::looksLikeCopy($this->installation->origin()));

            return false;
        }
        try {
            $status = $this->statuses->pull();
        } catch (RelayException $failure) {
            return $this->isUsableAfter($failure);
        }
        $this->troubles->clear(Troubles::INSTALLATION);
        $this->troubles->clear(Troubles::RELAY);

        return $this->sequenceRecovery->run($status, $until) && $this->relayRecovery->run($status, $until);
    }

    /**
     * Tells a restored relay when everything has been offered again.
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
            $this->note(Troubles::RELAY, $failure);
        }
    }

    private function isUsableAfter(RelayException $failure): bool
    {
        if ($failure->isOtherInstallation()) {
            $this->note(Troubles::INSTALLATION, $failure);
            $this->troubles->clear(Troubles::RELAY);

            return false;
        }
        $this->troubles->clear(Troubles::INSTALLATION);
        if ($failure->status === self::NOT_FOUND) {
            // A relay of an earlier release does not know the question.
            $this->troubles->clear(Troubles::RELAY);
            $this->statuses->forget();

            return true;
        }
        $this->note(Troubles::RELAY, $failure);

        return true;
    }

    private function note(string $area, RelayException $failure): void
    {
        $this->troubles->note(
            $area,
            $failure->errorCode,
            $failure->getMessage(),
            $failure->suggestion(),
            $failure->isPassing()
        );
    }
}
