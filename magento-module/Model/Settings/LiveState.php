<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Settings;

use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;

/**
 * Whether the merchant went live in the ledger. Until then events wait in the outbox undecided and nothing is sent.
 *
 * The relay says so with the settings. A relay of an earlier release does not, and its shops are live.
 */
class LiveState
{
    public const WAITS = 'Waits until you go live in the ledger';

    private const STORED = 'settings.live';
    private const NO = 'no';

    public function __construct(private readonly KeyValueStoreInterface $values)
    {
    }

    public function isLive(): bool
    {
        return $this->values->get(self::STORED) !== self::NO;
    }

    public static function store(KeyValueStoreInterface $values, bool $isLive): void
    {
        if ($isLive) {
            self::forget($values);
        } else {
            $values->set(self::STORED, self::NO);
        }
    }

    public static function forget(KeyValueStoreInterface $values): void
    {
        // Almost every shop is live, and a read is cheaper than a write.
        if ($values->get(self::STORED) !== null) {
            $values->remove(self::STORED);
        }
    }
}
