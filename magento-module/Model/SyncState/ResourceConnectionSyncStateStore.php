<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Database\SalesTables;
use Magento\Framework\DB\Select;

/**
 * The mirror in Magento's own database.
 */
class ResourceConnectionSyncStateStore implements SyncStateStoreInterface
{
    public const PROVIDER = 'sage_accounting';

    /** What a row that does not say it leaves as it is. */
    private const KEPT_WHEN_UNKNOWN = [
        'last_sync_at', 'ledger_id', 'ledger_reference', 'run_id', 'expected_total', 'ledger_total',
        'feed_cursor',
    ];

    public function __construct(private readonly SalesTables $tables)
    {
    }

    public function markPending(EventName $name, int $entityId): void
    {
        $this->record(new SyncStateRow(
            $name->entityType(),
            $entityId,
            SyncAspect::of($name),
            SyncStatus::Pending
        ));
    }

    public function record(SyncStateRow $row): void
    {
        $columns = [
            'entity_type' => $row->entityType,
            'magento_id' => $row->magentoId,
            'provider' => self::PROVIDER,
            'aspect' => $row->aspect,
            'sync_status' => $row->status->value,
            'last_sync_at' => $row->lastSyncAt,
            'ledger_id' => $row->ledgerId,
            'ledger_reference' => $row->ledgerReference,
            'run_id' => $row->runId,
            'feed_cursor' => $row->feedCursor,
            'expected_total' => $row->expectedTotal,
            'ledger_total' => $row->ledgerTotal,
            'reason_code' => $row->reasonCode,
            'reason_pointer' => mb_substr($row->reasonPointer, 0, 255),
            'reason_message' => $row->reasonMessage,
            'reason_suggestion' => $row->reasonSuggestion,
        ];
        $updated = array_filter(
            ['sync_status', 'reason_code', 'reason_pointer', 'reason_message', 'reason_suggestion',
                ...self::KEPT_WHEN_UNKNOWN],
            static fn (string $name): bool => $columns[$name] !== null
        );
        $this->tables->connection()->insertOnDuplicate($this->tables->syncState(), $columns, array_values($updated));
    }

    public function find(string $entityType, array $entityIds): array
    {
        if ($entityIds === []) {
            return [];
        }
        $rows = [];
        foreach ($this->tables->connection()->fetchAll($this->selectStates($entityType, $entityIds)) as $columns) {
            $rows[(int) $columns['magento_id']][] = $this->row($columns);
        }
        $holds = $this->tables->connection()->fetchPairs(
            $this->tables->connection()->select()
                ->from($this->tables->hold(), ['magento_id', 'mode'])
                ->where('entity_type = ?', $entityType)
                ->where('magento_id IN (?)', $entityIds)
        );
        $found = [];
        foreach (array_unique(array_merge(array_keys($rows), array_map('intval', array_keys($holds)))) as $id) {
            $found[$id] = new EntitySyncState(
                $entityType,
                $id,
                $rows[$id] ?? [],
                isset($holds[$id]) ? HoldMode::tryFrom($holds[$id]) : null
            );
        }

        return $found;
    }

    public function hold(string $entityType, int $entityId, HoldMode $mode, string $person): void
    {
        $this->tables->connection()->insertOnDuplicate(
            $this->tables->hold(),
            [
                'entity_type' => $entityType,
                'magento_id' => $entityId,
                'mode' => $mode->value,
                'held_by' => mb_substr($person, 0, 64),
            ],
            ['mode', 'held_by']
        );
    }

    public function release(string $entityType, int $entityId): void
    {
        $this->tables->connection()->delete(
            $this->tables->hold(),
            ['entity_type = ?' => $entityType, 'magento_id = ?' => $entityId]
        );
    }

    public function forgetCursors(): void
    {
        $this->tables->connection()->update(
            $this->tables->syncState(),
            ['feed_cursor' => null],
            ['feed_cursor IS NOT NULL']
        );
    }

    public function counts(): array
    {
        return array_map('intval', $this->tables->connection()->fetchPairs(
            $this->tables->connection()->select()
                ->from($this->tables->syncState(), ['sync_status', 'number' => 'COUNT(*)'])
                ->where('aspect IN (?)', [SyncAspect::DOCUMENT, SyncAspect::PAYMENT])
                ->group('sync_status')
        ));
    }

    /**
     * @param int[] $entityIds
     */
    private function selectStates(string $entityType, array $entityIds): Select
    {
        return $this->tables->connection()->select()
            ->from($this->tables->syncState())
            ->where('provider = ?', self::PROVIDER)
            ->where('entity_type = ?', $entityType)
            ->where('magento_id IN (?)', $entityIds)
            ->order('id ASC');
    }

    /**
     * @param array<string, mixed> $columns
     */
    private function row(array $columns): SyncStateRow
    {
        return new SyncStateRow(
            $columns['entity_type'],
            (int) $columns['magento_id'],
            $columns['aspect'],
            SyncStatus::tryFrom($columns['sync_status']) ?? SyncStatus::Review,
            $columns['last_sync_at'],
            $columns['ledger_id'],
            $columns['ledger_reference'],
            $columns['run_id'],
            $columns['expected_total'],
            $columns['ledger_total'],
            (string) $columns['reason_code'],
            (string) $columns['reason_pointer'],
            (string) $columns['reason_message'],
            (string) $columns['reason_suggestion'],
            $columns['feed_cursor'] === null ? null : (int) $columns['feed_cursor']
        );
    }
}
