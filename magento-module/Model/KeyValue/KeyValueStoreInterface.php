<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\KeyValue;

/**
 * Port to what the module remembers between runs: the settings document, the feed's cursor, the last delivery.
 *
 * Deliberately not Magento's configuration: that is cached for hours, and none of this is configuration.
 */
interface KeyValueStoreInterface
{
    public function get(string $name): ?string;

    public function set(string $name, string $value): void;

    public function remove(string $name): void;
}
