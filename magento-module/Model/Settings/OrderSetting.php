<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Settings;

use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;

/**
 * Whether the merchant's settings ask for orders. Without settings they do not.
 *
 * Every save of an order asks this, also in shops that send no orders. Therefore the answer is stored beside the
 * settings document, and reading it needs one small row.
 */
class OrderSetting
{
    private const SETTING = 'sync_estimates';
    private const STORED = 'settings.sync_estimates';
    private const YES = '1';
    private const NO = '0';

    public function __construct(private readonly KeyValueStoreInterface $values)
    {
    }

    public function isEnabled(): bool
    {
        // A version of the module that did not know orders stored the document alone.
        $stored = $this->values->get(self::STORED)
            ?? self::answerOf((string) $this->values->get(SettingsRepository::DOCUMENT));

        return $stored === self::YES;
    }

    /**
     * Stores the answer of a new settings document.
     */
    public static function store(KeyValueStoreInterface $values, string $settings): void
    {
        $values->set(self::STORED, self::answerOf($settings));
    }

    public static function forget(KeyValueStoreInterface $values): void
    {
        $values->remove(self::STORED);
    }

    private static function answerOf(string $settings): string
    {
        $policy = json_decode($settings, true)['policy'] ?? null;

        return is_array($policy) && ($policy[self::SETTING] ?? false) === true ? self::YES : self::NO;
    }
}
