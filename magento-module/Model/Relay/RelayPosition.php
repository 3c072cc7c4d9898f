<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

use Byte8\SageAccounting\Model\Installation\Installation;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Recovery\SequenceRecovery;

/**
 * The headers with which shop and relay detect that one of them was restored from a backup or copied.
 */
class RelayPosition
{
    public const INSTALLATION = 'Ledger-Installation';
    public const SEQUENCE = 'Ledger-Sequence';
    public const POSITION = 'Ledger-Position';

    private const STORED_POSITION = 'relay.position';
    private const PRINTABLE = '/^[\x21-\x7e]{1,100}$/D';

    public function __construct(
        private readonly KeyValueStoreInterface $values,
        private readonly SequenceRecovery $sequence,
        private readonly Installation $installation
    ) {
    }

    /**
     * @return array<string, string>
     */
    public function headers(): array
    {
        return array_filter([
            self::INSTALLATION => (string) $this->installation->id(),
            self::SEQUENCE => (string) $this->sequence->highest(),
            self::POSITION => (string) $this->values->get(self::STORED_POSITION),
        ], 'strlen');
    }

    /**
     * Stores the position in the relay's response.
     */
    public function save(HttpResponse $response): void
    {
        $position = $response->header(self::POSITION);
        if (preg_match(self::PRINTABLE, $position) === 1 && $position !== $this->values->get(self::STORED_POSITION)) {
            $this->values->set(self::STORED_POSITION, $position);
        }
    }

    /**
     * Another binding has its own positions.
     */
    public function forget(): void
    {
        $this->values->remove(self::STORED_POSITION);
    }
}
