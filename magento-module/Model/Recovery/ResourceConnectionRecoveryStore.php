<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Recovery;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\Delivery\DeliverySettlement;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\OutboxRows;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition;
use Byte8\SageAccounting\Model\SyncState\SyncStateRows;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\DB\Adapter\AdapterInterface;
use Magento\Framework\DB\Select;

/**
 * The rows of a recovery in Magento's database.
 *
 * Batches follow the primary key, so that a statement locks only the rows it reads.
 */
class ResourceConnectionRecoveryStore implements RecoveryStoreInterface
{
    private const ROWS_AT_ONCE = 500;

    private const SALES = ['invoice' => 'sales_invoice', 'creditmemo' => 'sales_creditmemo'];
    private const ORDERS = ['order' => 'sales_order'];
    private const OTHERS = ['customer' => 'customer_entity', 'product' => 'catalog_product_entity'];

    /** No document has it. */
    private const NO_ENTITY = 0;

    public function __construct(
        private readonly SalesTables $tables,
        private readonly ResourceConnection $resourceConnection,
        private readonly OutboxRows $rows
    ) {
    }

    public function offerAgain(
        string $recoveryId,
        \DateTimeImmutable $deliveredAfter,
        int $feedCursor,
        int $after
    ): ?array {
        $last = $this->lastOfBatch($this->tables->outbox(), $after);
        if ($last === null) {
            return null;
        }
        $forgotten = $this->forgotten($recoveryId, (string) $this->rows->asText($deliveredAfter), $feedCursor)
            ->where('entry.id > ?', $after)
            ->where('entry.id <= ?', $last);
        $ids = ['0' => [], '1' => []];
        foreach ($this->tables->connection()->fetchPairs($forgotten) as $id => $hasPlan) {
            $ids[(string) $hasPlan][] = (int) $id;
        }
        $again = ['attempts' => 0, 'next_attempt_at' => null, 'recovery_id' => $recoveryId];
        $fresh = ['plan_json' => null, 'content_digest' => null, 'fingerprint' => null, 'is_forced' => 1] + $again;
        $offered = $this->change(OutboxTransition::Redeliver, $again, $ids['1'])
            + $this->change(OutboxTransition::Retranslate, $fresh, $ids['0']);

        return ['last' => $last, 'offered' => $offered];
    }

    public function forgetCursorsAfter(int $feedCursor, int $after): ?int
    {
        $last = $this->lastOfBatch($this->tables->syncState(), $after);
        if ($last !== null) {
            $this->tables->connection()->update(
                $this->tables->syncState(),
                ['feed_cursor' => null],
                ['id > ?' => $after, 'id <= ?' => $last, 'feed_cursor > ?' => $feedCursor]
            );
        }

        return $last;
    }

    public function open(string $recoveryId): int
    {
        return (int) $this->tables->connection()->fetchOne(
            $this->tables->connection()->select()
                ->from(['entry' => $this->tables->outbox()], ['number' => 'COUNT(*)'])
                ->joinLeft(
                    ['hold' => $this->tables->hold()],
                    'hold.entity_type = entry.entity_type AND hold.magento_id = entry.entity_id',
                    []
                )
                ->where('hold.magento_id IS NULL')
                ->where('entry.recovery_id = ?', $recoveryId)
                ->where('entry.state IN (?)', $this->values(OutboxState::unfinished()))
        );
    }

    public function highestEntityIds(): array
    {
        $highest = [];
        // A relay that knows no orders refuses them, and is never sent any.
        $orders = $this->hasOrders() ? self::ORDERS : [];
        foreach (self::SALES + $orders as $entityType => $table) {
            $select = $this->tables->connection()->select()
                ->from($this->tables->named($table), ['highest' => 'MAX(entity_id)']);
            $highest[$entityType] = (int) $this->tables->connection()->fetchOne($select);
        }
        $connection = $this->resourceConnection->getConnection();
        foreach (self::OTHERS as $entityType => $table) {
            $select = $connection->select()
                ->from($this->resourceConnection->getTableName($table), ['highest' => 'MAX(entity_id)']);
            $highest[$entityType] = (int) $connection->fetchOne($select);
        }
        // Entities that were deleted or lost may be in the ledger too.
        $columns = [$this->tables->outbox() => 'entity_id', $this->tables->syncState() => 'magento_id'];
        foreach ($columns as $table => $column) {
            $known = $this->tables->connection()->fetchPairs(
                $this->tables->connection()->select()
                    ->from($table, ['entity_type', 'highest' => 'MAX(' . $column . ')'])
                    ->group('entity_type')
            );
            foreach (array_intersect_key($known, $highest) as $entityType => $id) {
                $highest[$entityType] = max($highest[$entityType], (int) $id);
            }
        }

        return $highest;
    }

    private function hasOrders(): bool
    {
        return $this->tables->connection()->fetchOne(
            $this->tables->connection()->select()
                ->from($this->tables->outbox(), ['id'])
                ->where('entity_type = ?', EventName::OrderPlaced->entityType())
                ->limit(1)
        ) !== false;
    }

    public function raiseSequence(int $sequence): void
    {
        $nobody = new CaptureRequest(EventName::InvoiceCreated, self::NO_ENTITY, self::NO_ENTITY);
        $row = ['id' => $sequence, 'pending_key' => null] + $this->rows->captured($nobody);
        $this->inTransaction(function () use ($row, $sequence): void {
            // The auto-increment counter stays at this id, and no other transaction ever sees the row.
            $this->tables->connection()->insert($this->tables->outbox(), $row);
            $this->tables->connection()->delete($this->tables->outbox(), ['id = ?' => $sequence]);
        });
    }

    public function recapture(int $sequence, int $limit): int
    {
        $connection = $this->tables->connection();
        $newer = 'newer.entity_type = entry.entity_type AND newer.entity_id = entry.entity_id'
            . ' AND newer.event_name = entry.event_name AND newer.id > entry.id';
        $superseded = $connection->quoteInto('entry.reason_code = ?', DeliverySettlement::SUPERSEDED);
        $ids = $connection->fetchCol(
            $connection->select()
                ->from(['entry' => $this->tables->outbox()], ['id'])
                ->joinLeft(['newer' => $this->tables->outbox()], $newer . ' AND ' . $superseded, [])
                ->where('entry.id <= ?', $sequence)
                ->where('entry.event_name IN (?)', $this->upserts())
                ->where('newer.id IS NULL')
                ->where(
                    $connection->quoteInto('entry.state IN (?)', $this->values(OutboxState::unfinished()))
                    . ' OR ' . $superseded
                )
                ->order('entry.id ASC')
                ->limit($limit)
        );
        foreach ($ids as $id) {
            $this->inTransaction(fn () => $this->recaptureRow((int) $id));
        }

        return count($ids);
    }

    private function recaptureRow(int $id): void
    {
        $connection = $this->tables->connection();
        $select = $connection->select()->from($this->tables->outbox())->where('id = ?', $id);
        $row = $connection->fetchRow($select);
        if (!is_array($row) || (int) $connection->delete($this->tables->outbox(), ['id = ?' => $id]) !== 1) {
            return;
        }
        $kept = ['event_name', 'entity_type', 'entity_id', 'store_id', 'idempotency_key', 'created_at'];
        $connection->insertOnDuplicate(
            $this->tables->outbox(),
            array_intersect_key($row, array_flip($kept)) + [
                'pending_key' => $row['idempotency_key'],
                'state' => OutboxState::Captured->value,
                'is_forced' => 1,
            ],
            ['is_forced']
        );
    }

    /**
     * Delivered rows that the relay may have lost, each with a flag whether its plan still exists.
     */
    private function forgotten(string $recoveryId, string $deliveredAfter, int $feedCursor): Select
    {
        $connection = $this->tables->connection();
        $since = static fn (string $condition): string => $connection->quoteInto($condition, $deliveredAfter);
        $shown = implode(' AND ', [
            'shown.entity_type = entry.entity_type',
            'shown.magento_id = entry.entity_id',
            $connection->quoteInto('shown.provider = ?', SyncStateRows::PROVIDER),
            'shown.aspect = ' . $this->aspectOfEntry($connection),
        ]);
        $newer = implode(' AND ', [
            $connection->quoteInto('entry.event_name IN (?)', $this->upserts()),
            'newer.entity_type = entry.entity_type',
            'newer.entity_id = entry.entity_id',
            // An order that was placed and later canceled is both again.
            'newer.event_name = entry.event_name',
            'newer.id > entry.id',
            $connection->quoteInto('newer.state NOT IN (?)', $this->values([
                OutboxState::Skipped,
                OutboxState::Rejected,
                OutboxState::Dead,
            ])),
        ]);

        return $connection->select()
            ->from(
                ['entry' => $this->tables->outbox()],
                ['id', 'has_plan' => '(entry.plan_json IS NOT NULL)']
            )
            ->joinLeft(['shown' => $this->tables->syncState()], $shown, [])
            ->joinLeft(['newer' => $this->tables->outbox()], $newer, [])
            ->where('newer.id IS NULL')
            ->where('entry.state = ?', OutboxState::Delivered->value)
            ->where('entry.claim_token IS NULL')
            ->where('entry.recovery_id IS NULL OR entry.recovery_id <> ?', $recoveryId)
            ->where(implode(' OR ', [
                // Cleaning up a row changes updated_at too, so the time of such a row means nothing.
                '(entry.plan_json IS NOT NULL AND ' . $since('entry.updated_at >= ?') . ')',
                $connection->quoteInto('shown.sync_status = ?', SyncStatus::Pending->value),
                $connection->quoteInto('shown.feed_cursor > ?', $feedCursor),
                '(shown.feed_cursor IS NULL AND ' . $since('shown.last_sync_at >= ?') . ')',
            ]));
    }

    /**
     * @param array<string, mixed> $changes
     * @param int[] $ids
     */
    private function change(OutboxTransition $transition, array $changes, array $ids): int
    {
        return $ids === [] ? 0 : (int) $this->tables->connection()->update(
            $this->tables->outbox(),
            ['state' => $transition->apply(OutboxState::Delivered)->value] + $changes,
            ['id IN (?)' => $ids, 'state = ?' => OutboxState::Delivered->value, 'claim_token IS NULL']
        );
    }

    private function lastOfBatch(string $table, int $after): ?int
    {
        $ids = $this->tables->connection()->fetchCol(
            $this->tables->connection()->select()
                ->from($table, ['id'])
                ->where('id > ?', $after)
                ->order('id ASC')
                ->limit(self::ROWS_AT_ONCE)
        );

        return $ids === [] ? null : (int) end($ids);
    }

    private function inTransaction(\Closure $work): void
    {
        $this->tables->connection()->beginTransaction();
        try {
            $work();
            $this->tables->connection()->commit();
        } catch (\Throwable $exception) {
            $this->tables->connection()->rollBack();
            throw $exception;
        }
    }

    /**
     * The aspect of an outbox row, as SQL.
     */
    private function aspectOfEntry(AdapterInterface $connection): string
    {
        $sql = 'CASE entry.event_name';
        foreach (EventName::cases() as $name) {
            $sql .= $connection->quoteInto(' WHEN ?', $name->value)
                . $connection->quoteInto(' THEN ?', SyncAspect::of($name));
        }

        return $sql . ' END';
    }

    /**
     * @return string[]
     */
    private function upserts(): array
    {
        return $this->values(array_filter(
            EventName::cases(),
            static fn (EventName $name): bool => $name->isUpsert()
        ));
    }

    /**
     * @param array<OutboxState|EventName> $cases
     * @return string[]
     */
    private function values(array $cases): array
    {
        return array_values(array_map(static fn (OutboxState|EventName $case): string => $case->value, $cases));
    }
}
