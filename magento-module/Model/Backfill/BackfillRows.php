<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Backfill;

use Byte8\SageAccounting\Model\Database\SalesTables;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\DB\Adapter\AdapterInterface;
use Magento\Framework\DB\Select;

/**
 * Reads the entities that a filter selects, in the order of their ids.
 */
class BackfillRows
{
    private const TABLES = [
        'invoice' => 'sales_invoice',
        'creditmemo' => 'sales_creditmemo',
        'order' => 'sales_order',
        'customer' => 'customer_entity',
        'product' => 'catalog_product_entity',
    ];

    public function __construct(
        private readonly SalesTables $tables,
        private readonly ResourceConnection $resourceConnection
    ) {
    }

    public function count(string $entityType, BackfillFilter $filter, int $afterId = 0): int
    {
        $select = $this->select($entityType, ['number' => 'COUNT(*)'], $filter, $afterId);

        return (int) $this->connection($entityType)->fetchOne($select);
    }

    /**
     * @return array<int, array{entity_id: int, store_id: int, state: string}> state is '' where there is none
     */
    public function next(string $entityType, BackfillFilter $filter, int $afterId, int $limit): array
    {
        $columns = match ($entityType) {
            'customer' => ['entity_id', 'store_id'],
            'product' => ['entity_id'],
            default => ['entity_id', 'store_id', 'state'],
        };
        $select = $this->select($entityType, $columns, $filter, $afterId)->order('entity_id ASC')->limit($limit);

        return array_map(static fn (array $row): array => [
            'entity_id' => (int) $row['entity_id'],
            'store_id' => (int) ($row['store_id'] ?? 0),
            'state' => (string) ($row['state'] ?? ''),
        ], $this->connection($entityType)->fetchAll($select));
    }

    /**
     * @param array<int|string, string> $columns
     */
    private function select(string $entityType, array $columns, BackfillFilter $filter, int $afterId): Select
    {
        $table = self::TABLES[$entityType];
        $name = str_starts_with($table, 'sales_')
            ? $this->tables->named($table)
            : $this->resourceConnection->getTableName($table);
        $select = $this->connection($entityType)->select()->from($name, $columns)->where('entity_id > ?', $afterId);
        if ($filter->ids !== []) {
            $select->where('entity_id IN (?)', $filter->ids);
        }
        if ($filter->from !== null) {
            $select->where('created_at >= ?', $filter->from);
        }
        if ($filter->to !== null) {
            $select->where('created_at < ?', $filter->to);
        }
        if ($filter->state !== null) {
            $select->where('state = ?', $filter->state);
        }

        return $select;
    }

    private function connection(string $entityType): AdapterInterface
    {
        return str_starts_with(self::TABLES[$entityType], 'sales_')
            ? $this->tables->connection()
            : $this->resourceConnection->getConnection();
    }
}
