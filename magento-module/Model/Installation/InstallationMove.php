<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Installation;

use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Status\Troubles;

/**
 * Says that the shop has moved: a person has decided that this is the shop and no copy of it.
 */
class InstallationMove
{
    public function __construct(
        private readonly Installation $installation,
        private readonly RelayClientInterface $relay,
        private readonly Troubles $troubles
    ) {
    }

    /**
     * @throws RelayException when the relay does not accept it; nothing has changed then
     */
    public function confirm(): void
    {
        $moved = $this->installation->moved();
        $id = $this->installation->idOf($moved);
        try {
            $this->relay->replaceInstallation($id, $this->installation->id() ?? $id);
        } catch (RelayException $failure) {
            throw $failure->errorCode === RelayException::OTHER_INSTALLATION ? $this->taken($failure) : $failure;
        }
        $this->installation->accept($moved);
        $this->troubles->clear(Troubles::INSTALLATION);
    }

    private function taken(RelayException $failure): RelayException
    {
        return new RelayException(
            RelayException::OTHER_INSTALLATION,
            'The relay already serves another installation of this shop.',
            $failure->status,
            previous: $failure
        );
    }
}
