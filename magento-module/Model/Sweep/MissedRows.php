<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Sweep;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Database\SalesTables;
use Magento\Framework\App\ResourceConnection;

/**
 * Reads from Magento's tables what the outbox lacks.
 */
class MissedRows
{
    private const STATE_PAID = 2;
    private const STATE_CANCELED = 3;

    public function __construct(
        private readonly SalesTables $tables,
        private readonly ResourceConnection $resourceConnection
    ) {
    }

    /**
     * Documents created (for payments: changed) between two instants and never captured; oldest first.
     *
     * @param string $since UTC, as in the database
     * @param string $before UTC, as in the database
     * @return array<int, array{entity_id: int, store_id: int}>
     */
    public function documents(EventName $name, string $since, string $before, int $limit): array
    {
        $connection = $this->tables->connection();
        $instant = 'document.' . $name->instantColumn();
        $select = $connection->select()
            ->from(['document' => $this->tables->named('sales_' . $name->entityType())], ['entity_id', 'store_id'])
            ->joinLeft(
                ['entry' => $this->tables->outbox()],
                $connection->quoteInto('entry.pending_key = CONCAT(?, document.entity_id)', $name->value . ':'),
                []
            )
            ->where('entry.id IS NULL')
            ->where('document.created_at >= ?', $since)
            ->where($instant . ' < ?', $before)
            ->order('document.entity_id ASC')
            ->limit($limit);
        if ($name === EventName::InvoicePaid) {
            $select->where('document.state = ?', self::STATE_PAID);
        } elseif ($name === EventName::InvoiceCreated) {
            $select->where('document.state <> ?', self::STATE_CANCELED);
        } elseif ($name->takesBack() !== null) {
            // Only what was captured before has something to take back.
            $select->where('document.state = ?', self::STATE_CANCELED)->join(
                ['created' => $this->tables->outbox()],
                $connection->quoteInto(
                    'created.pending_key = CONCAT(?, document.entity_id)',
                    $name->takesBack()->value . ':'
                ),
                []
            );
        }

        return $this->rows($connection->fetchAll($select));
    }

    /**
     * Customers or products changed between two instants, by date of change, and whether they were captured since.
     *
     * @param string $since UTC, as in the database
     * @param string $before UTC, as in the database
     * @return array<int, array{entity_id: int, store_id: int, updated_at: string, is_captured: bool}>
     */
    public function changes(EventName $name, string $since, string $before, int $limit): array
    {
        $isCustomer = $name === EventName::CustomerUpserted;
        $connection = $this->resourceConnection->getConnection();
        $table = $this->resourceConnection->getTableName(
            $isCustomer ? 'customer_entity' : 'catalog_product_entity'
        );
        $changed = $connection->fetchAll(
            $connection->select()
                ->from(
                    ['entity' => $table],
                    $isCustomer ? ['entity_id', 'store_id', 'updated_at'] : ['entity_id', 'updated_at']
                )
                ->where('entity.updated_at >= ?', $since)
                ->where('entity.updated_at < ?', $before)
                ->order(['entity.updated_at ASC', 'entity.entity_id ASC'])
                ->limit($limit)
        );
        $known = $this->lastCaptured($name, array_map('intval', array_column($changed, 'entity_id')));

        return array_map(static fn (array $row): array => $row + [
            'is_captured' => ($known[$row['entity_id']] ?? '') >= $row['updated_at'],
        ], $this->rows($changed));
    }

    /**
     * When the entities were last captured. Their own table may be in another database, so there is no join.
     *
     * @param int[] $entityIds
     * @return array<int, string>
     */
    private function lastCaptured(EventName $name, array $entityIds): array
    {
        if ($entityIds === []) {
            return [];
        }

        return $this->tables->connection()->fetchPairs(
            $this->tables->connection()->select()
                ->from($this->tables->outbox(), ['entity_id', 'captured' => 'MAX(created_at)'])
                ->where('entity_type = ?', $name->entityType())
                ->where('entity_id IN (?)', $entityIds)
                ->group('entity_id')
        );
    }

    /**
     * @param array<int, array<string, mixed>> $rows
     * @return array<int, array{entity_id: int, store_id: int, updated_at: string}>
     */
    private function rows(array $rows): array
    {
        return array_map(static fn (array $row): array => [
            'entity_id' => (int) $row['entity_id'],
            'store_id' => (int) ($row['store_id'] ?? 0),
            'updated_at' => (string) ($row['updated_at'] ?? ''),
        ], $rows);
    }
}
