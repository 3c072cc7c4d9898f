<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Byte8\SageAccounting\Model\Database\SalesTables;

/**
 * Reads rows of the sales tables as the database holds them.
 *
 * Every column of a sales document is in its own table, also those of Adobe Commerce and of other modules. Magento's
 * models would give the same columns at four times the cost, and may still hold values that a calculation left there.
 */
class SalesRowReader
{
    public function __construct(private readonly SalesTables $tables)
    {
    }

    /**
     * @param string $location how messages name the row
     * @throws CanonicalDataException when there is no such row
     */
    public function one(string $table, int $entityId, string $location): Row
    {
        $columns = $this->tables->connection()->fetchRow($this->statement($table, ['entity_id = ?' => $entityId]));
        if (!is_array($columns)) {
            throw new CanonicalDataException($location, sprintf('nothing has the entity_id %d', $entityId));
        }

        return new Row($columns, $location);
    }

    /**
     * @param array<string, mixed> $conditions values by condition, such as `order_id = ?`
     * @param string $id column to sort by, so that rows come in the order they were made in
     * @return Row[]
     */
    public function all(string $table, array $conditions, string $id, string $location): array
    {
        $statement = $this->statement($table, $conditions) . ' ORDER BY ' . $id;
        $rows = [];
        foreach ($this->tables->connection()->fetchAll($statement) as $columns) {
            $rows[] = new Row($columns, $location . '[' . count($rows) . ']');
        }

        return $rows;
    }

    /**
     * Plain SQL: a read takes a tenth of a millisecond, and Magento's query builder would be a fifth of it.
     *
     * @param array<string, mixed> $conditions
     */
    private function statement(string $table, array $conditions): string
    {
        $connection = $this->tables->connection();
        $where = [];
        foreach ($conditions as $condition => $value) {
            $where[] = '(' . $connection->quoteInto($condition, $value) . ')';
        }

        return 'SELECT * FROM ' . $connection->quoteIdentifier($this->tables->named($table))
            . ' WHERE ' . implode(' AND ', $where);
    }
}
