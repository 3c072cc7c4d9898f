<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;

/**
 * Key-value pairs in an array.
 */
class InMemoryKeyValueStore implements KeyValueStoreInterface
{
    /** @var array<string, string> */
    public array $values = [];

    public function get(string $name): ?string
    {
        return $this->values[$name] ?? null;
    }

    public function set(string $name, string $value): void
    {
        $this->values[$name] = $value;
    }

    public function remove(string $name): void
    {
        unset($this->values[$name]);
    }
}
