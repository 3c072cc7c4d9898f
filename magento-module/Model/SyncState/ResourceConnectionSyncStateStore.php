<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

use Byte8\SageAccounting\Model\Database\SalesTables;
use Magento\Framework\DB\Select;

/**
 * The mirror in Magento's own database.
 */
class ResourceConnectionSyncStateStore implements SyncStateStoreInterface
{
    public const PROVIDER = 'sage_accounting';

    /** What a row is found by; all else is written anew where the row says it. */
    private const KEY = ['entity_type', 'magento_id', 'provider', 'aspect'];

    public function __construct(private readonly SalesTables $tables)
    {
    }

    public function record(SyncStateRow ...$rows): void
    {
        $alike = [];
        foreach ($rows as $row) {
            $columns = array_filter($this->columns($row), static fn (mixed $value): bool => $value !== null);
            $alike[implode(' ', array_keys($columns))][] = $columns;
        }
        foreach ($alike as $group) {
            $this->tables->connection()->insertOnDuplicate(
                $this->tables->syncState(),
                $group,
                array_values(array_diff(array_keys($group[0]), self::KEY))
            );
        }
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
                ->where('aspect IN (?)', SyncAspect::OF_DOCUMENTS)
                ->group('sync_status')
        ));
    }

    /**
     * @return array<string, mixed> null for fields without a value
     */
    private function columns(SyncStateRow $row): array
    {
        return [
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
