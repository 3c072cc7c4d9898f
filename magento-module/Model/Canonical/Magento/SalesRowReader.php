<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

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
     * The rows with these ids, with one statement.
     *
     * @param int[] $ids
     * @param string $location how messages name a row
     * @return array<int, Row> by entity_id
     */
    public function byId(string $table, array $ids, string $location): array
    {
        $rows = [];
        foreach ($this->fetch($table, ['entity_id IN (?)' => $ids]) as $columns) {
            $rows[(int) $columns['entity_id']] = new Row($columns, $location);
        }

        return $rows;
    }

    /**
     * The rows that belong to many others, with one statement. Messages number the rows of each owner from 0.
     *
     * @param string $owner column that holds the owner's id
     * @param int[] $ids ids of the owners
     * @param string $id column to sort by, so that rows come in the order they were made in
     * @param array<string, mixed> $conditions further ones
     * @return array<int, Row[]> by the owner's id; nothing for one without rows
     */
    public function byOwner(
        string $table,
        string $owner,
        array $ids,
        string $id,
        string $location,
        array $conditions = []
    ): array {
        $rows = [];
        foreach ($this->fetch($table, [$owner . ' IN (?)' => $ids] + $conditions, $id) as $columns) {
            $ofOwner = &$rows[(int) $columns[$owner]];
            $ofOwner[] = new Row($columns, $location . '[' . count($ofOwner ?? []) . ']');
        }

        return $rows;
    }

    /**
     * @param array<string, mixed> $conditions values by condition, such as `order_id = ?`
     * @param string $id column to sort by
     * @return Row[]
     */
    public function all(string $table, array $conditions, string $id, string $location): array
    {
        $rows = [];
        foreach ($this->fetch($table, $conditions, $id) as $columns) {
            $rows[] = new Row($columns, $location . '[' . count($rows) . ']');
        }

        return $rows;
    }

    /**
     * Plain SQL: a read takes a tenth of a millisecond, and Magento's query builder would be a fifth of it.
     *
     * @param array<string, mixed> $conditions
     * @return array<int, array<string, mixed>>
     */
    private function fetch(string $table, array $conditions, string $sortedBy = ''): array
    {
        if (in_array([], $conditions, true)) {
            return [];
        }
        $connection = $this->tables->connection();
        $where = [];
        foreach ($conditions as $condition => $value) {
            $where[] = '(' . $connection->quoteInto($condition, $value) . ')';
        }

        return $connection->fetchAll(
            'SELECT * FROM ' . $connection->quoteIdentifier($this->tables->named($table))
            . ' WHERE ' . implode(' AND ', $where) . ($sortedBy === '' ? '' : ' ORDER BY ' . $sortedBy)
        );
    }
}
