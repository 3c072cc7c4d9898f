<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Connection;

use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Status\Troubles;

/**
 * A person says that this installation is the shop itself, at another address or with another database.
 */
class MovedShop
{
    public function __construct(
        private readonly Installation $installation,
        private readonly RelayClientInterface $relay,
        private readonly Troubles $troubles
    ) {
    }

    /**
     * @throws RelayException when the relay does not accept this installation; then nothing is changed
     */
    public function declare(): void
    {
        $this->relay->moved($this->installation->presentId(), $this->installation->id());
        $this->installation->keep();
        $this->troubles->clear(Troubles::CONNECTION);
    }
}
