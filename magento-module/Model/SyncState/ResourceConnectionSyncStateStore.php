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
    /** What a row is found by; all else is written anew where the row says it. */
    private const KEY = ['entity_type', 'magento_id', 'provider', 'aspect'];

    public function __construct(private readonly SalesTables $tables, private readonly SyncStateRows $rows)
    {
    }

    public function record(SyncStateRow ...$rows): void
    {
        $alike = [];
        foreach ($rows as $row) {
            $columns = array_filter($this->rows->columns($row), static fn (mixed $value): bool => $value !== null);
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
            $rows[(int) $columns['magento_id']][] = $this->rows->row($columns);
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
     * @param int[] $entityIds
     */
    private function selectStates(string $entityType, array $entityIds): Select
    {
        return $this->tables->connection()->select()
            ->from($this->tables->syncState())
            ->where('provider = ?', SyncStateRows::PROVIDER)
            ->where('entity_type = ?', $entityType)
            ->where('magento_id IN (?)', $entityIds)
            ->order('id ASC');
    }
}
