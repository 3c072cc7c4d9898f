<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\KeyValue;

use Byte8\SageAccounting\Model\Database\SalesTables;

/**
 * Key-value pairs in Magento's own database.
 */
class ResourceConnectionKeyValueStore implements KeyValueStoreInterface
{
    public function __construct(private readonly SalesTables $tables)
    {
    }

    public function get(string $name): ?string
    {
        $value = $this->tables->connection()->fetchOne(
            $this->tables->connection()->select()
                ->from($this->tables->values(), ['value'])
                ->where('name = ?', $name)
        );

        return is_string($value) ? $value : null;
    }

    public function set(string $name, string $value): void
    {
        $this->tables->connection()->insertOnDuplicate(
            $this->tables->values(),
            ['name' => $name, 'value' => $value],
            ['value']
        );
    }

    public function remove(string $name): void
    {
        $this->tables->connection()->delete($this->tables->values(), ['name = ?' => $name]);
    }
}
