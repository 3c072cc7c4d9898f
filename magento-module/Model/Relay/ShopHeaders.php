<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

use Byte8\SageAccounting\Model\Connection\Installation;
use Byte8\SageAccounting\Model\Outbox\OutboxRecovery;
use Byte8\SageAccounting\Model\Value\ValueStoreInterface;

/**
 * What every request says of this shop and where it stands, so that shop and relay notice when one of them was
 * restored from a backup, or copied.
 */
class ShopHeaders
{
    private const POSITION = 'relay.position';
    private const POSITION_HEADER = 'Ledger-Position';

    public function __construct(
        private readonly Installation $installation,
        private readonly OutboxRecovery $outbox,
        private readonly ValueStoreInterface $values
    ) {
    }

    /**
     * @return array<string, string>
     */
    public function headers(): array
    {
        $position = (string) $this->values->get(self::POSITION);

        return [
            'Ledger-Installation' => $this->installation->id(),
            'Ledger-Sequence' => (string) $this->outbox->highestId(),
        ] + ($position === '' ? [] : [self::POSITION_HEADER => $position]);
    }

    /**
     * Keeps what a good answer says about the shop's position.
     */
    public function keepPosition(HttpAnswer $answer): void
    {
        $position = $answer->header(self::POSITION_HEADER);
        if (
            preg_match('/^[!-~]{1,100}$/D', $position) === 1
            && $position !== $this->values->get(self::POSITION)
        ) {
            $this->values->set(self::POSITION, $position);
        }
    }

    /**
     * Another relay knows nothing of the position.
     */
    public function forgetPosition(): void
    {
        $this->values->remove(self::POSITION);
    }

    /**
     * Address of the shop that this one looks like a copy of; null when it does not.
     */
    public function copiedFrom(): ?string
    {
        return $this->installation->copiedFrom();
    }
}
