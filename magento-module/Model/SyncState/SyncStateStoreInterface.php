<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

/**
 * Port to the table that mirrors the ledger for the admin.
 *
 * @api
 */
interface SyncStateStoreInterface
{
    /**
     * Writes what is known now; fields without a value keep theirs.
     */
    public function record(SyncStateRow ...$rows): void;

    /**
     * The states of many entities in one query, by entity id. Unknown entities are left out.
     *
     * @param int[] $entityIds
     * @return array<int, EntitySyncState>
     */
    public function find(string $entityType, array $entityIds): array;

    public function hold(string $entityType, int $entityId, HoldMode $mode, string $person): void;

    public function release(string $entityType, int $entityId): void;

    /**
     * Clears all feed cursors, before the feed is read from its beginning or from another relay.
     */
    public function forgetCursors(): void;

    /**
     * The number of rows by status.
     *
     * @return array<string, int> by status value
     */
    public function counts(): array;
}
