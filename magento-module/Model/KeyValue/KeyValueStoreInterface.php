<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\KeyValue;

/**
 * Port to the module's key-value pairs: the settings document, the feed's cursor, the last run and the like.
 *
 * Deliberately not Magento's configuration, which is cached for hours.
 */
interface KeyValueStoreInterface
{
    public function get(string $name): ?string;

    public function set(string $name, string $value): void;

    public function remove(string $name): void;
}
