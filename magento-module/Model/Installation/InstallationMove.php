<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Installation;

use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Status\Problems;

/**
 * Confirms a move: a person decided that this is the shop itself, not a copy.
 */
class InstallationMove
{
    public function __construct(
        private readonly Installation $installation,
        private readonly RelayClientInterface $relay,
        private readonly Problems $problems
    ) {
    }

    /**
     * @throws RelayException when the relay does not accept it; nothing has changed then
     */
    public function confirm(): void
    {
        $moved = $this->installation->moved();
        $id = $this->installation->idFor($moved);
        try {
            $this->relay->replaceInstallation($id, $this->installation->id() ?? $id);
        } catch (RelayException $failure) {
            throw $failure->errorCode === RelayException::OTHER_INSTALLATION ? $this->otherServed($failure) : $failure;
        }
        $this->installation->remember($moved);
        $this->problems->clear(Problems::INSTALLATION);
    }

    private function otherServed(RelayException $failure): RelayException
    {
        return new RelayException(
            RelayException::OTHER_INSTALLATION,
            'The relay already serves another installation of this shop.',
            $failure->status,
            previous: $failure
        );
    }
}
