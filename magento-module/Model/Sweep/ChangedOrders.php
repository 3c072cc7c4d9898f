<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Sweep;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Database\SalesTables;

/**
 * Reads orders by their date of change, and what the outbox has of them.
 */
class ChangedOrders
{
    public function __construct(private readonly SalesTables $tables)
    {
    }

    /**
     * Orders changed between two instants, oldest change first.
     *
     * @param string $since UTC, as in the database
     * @param int $afterId of the orders that were changed at exactly that instant, the last one to leave out
     * @param string $before UTC, as in the database
     * @return array<int, array{entity_id: int, store_id: int, state: string, updated_at: string}>
     */
    public function between(string $since, int $afterId, string $before, int $limit): array
    {
        $connection = $this->tables->connection();
        $select = $connection->select()
            ->from($this->tables->named('sales_order'), ['entity_id', 'store_id', 'state', 'updated_at'])
            ->where('updated_at >= ?', $since)
            ->where('updated_at < ?', $before)
            ->where(
                $connection->quoteInto('updated_at > ?', $since) . ' OR '
                    . $connection->quoteInto('entity_id > ?', $afterId)
            )
            ->order(['updated_at ASC', 'entity_id ASC'])
            ->limit($limit);

        return array_map(static fn (array $row): array => [
            'entity_id' => (int) $row['entity_id'],
            'store_id' => (int) $row['store_id'],
            'state' => (string) $row['state'],
            'updated_at' => (string) $row['updated_at'],
        ], $connection->fetchAll($select));
    }

    /**
     * The newest event of each order that the outbox has.
     *
     * @param int[] $orderIds
     * @return array<int, array{event_name: string, created_at: string}> by order id
     */
    public function newestEvents(array $orderIds): array
    {
        if ($orderIds === []) {
            return [];
        }
        $connection = $this->tables->connection();
        $select = $connection->select()
            ->from($this->tables->outbox(), ['entity_id', 'event_name', 'created_at'])
            ->where('entity_type = ?', EventName::OrderPlaced->entityType())
            ->where('entity_id IN (?)', $orderIds)
            ->order('id ASC');
        $newest = [];
        foreach ($connection->fetchAll($select) as $row) {
            $newest[(int) $row['entity_id']] = [
                'event_name' => (string) $row['event_name'],
                'created_at' => (string) $row['created_at'],
            ];
        }

        return $newest;
    }
}
