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
     * Writes what is known now; whatever a row does not say keeps its value.
     */
    public function record(SyncStateRow ...$rows): void;

    /**
     * The states of many entities in one query, by entity id; an entity nobody knows is not in it.
     *
     * @param int[] $entityIds
     * @return array<int, EntitySyncState>
     */
    public function find(string $entityType, array $entityIds): array;

    public function hold(string $entityType, int $entityId, HoldMode $mode, string $person): void;

    public function release(string $entityType, int $entityId): void;

    /**
     * Lets the feed be read from its beginning, or another relay's feed be read.
     */
    public function forgetCursors(): void;

    /**
     * How many rows stand in each status.
     *
     * @return array<string, int> by status value
     */
    public function counts(): array;
}
