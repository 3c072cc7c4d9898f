<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\Model\SyncState\EntitySyncState;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;

/**
 * The mirror in an array, with the same rules as the one in the database.
 */
class InMemorySyncStateStore implements SyncStateStoreInterface
{
    /** @var array<string, SyncStateRow> rows by "type:id:aspect" */
    public array $rows = [];

    /** @var array<string, HoldMode> modes by "type:id" */
    public array $holds = [];

    public function record(SyncStateRow ...$rows): void
    {
        array_walk($rows, $this->one(...));
    }

    public function find(string $entityType, array $entityIds): array
    {
        $found = [];
        foreach ($entityIds as $id) {
            $prefix = $entityType . ':' . $id;
            $rows = array_values(array_filter(
                $this->rows,
                static fn (string $key): bool => str_starts_with($key, $prefix . ':'),
                ARRAY_FILTER_USE_KEY
            ));
            if ($rows !== [] || isset($this->holds[$prefix])) {
                $found[$id] = new EntitySyncState($entityType, $id, $rows, $this->holds[$prefix] ?? null);
            }
        }

        return $found;
    }

    public function hold(string $entityType, int $entityId, HoldMode $mode, string $person): void
    {
        $this->holds[$entityType . ':' . $entityId] = $mode;
    }

    public function release(string $entityType, int $entityId): void
    {
        unset($this->holds[$entityType . ':' . $entityId]);
    }

    public function forgetCursors(): void
    {
        $this->rows = array_map(
            static fn (SyncStateRow $row): SyncStateRow => new SyncStateRow(
                ...array_replace(get_object_vars($row), ['feedCursor' => null])
            ),
            $this->rows
        );
    }

    public function counts(): array
    {
        return array_count_values(array_map(
            static fn (SyncStateRow $row): string => $row->status->value,
            array_values(array_filter(
                $this->rows,
                static fn (SyncStateRow $row): bool => !SyncAspect::isCurrency($row->aspect)
            ))
        ));
    }

    private function one(SyncStateRow $row): void
    {
        $key = $row->entityType . ':' . $row->magentoId . ':' . $row->aspect;
        $known = array_filter(
            isset($this->rows[$key]) ? get_object_vars($this->rows[$key]) : [],
            static fn (mixed $value): bool => $value !== null
        );
        $new = array_filter(get_object_vars($row), static fn (mixed $value): bool => $value !== null);
        $this->rows[$key] = new SyncStateRow(...array_replace($known, $new));
    }
}
