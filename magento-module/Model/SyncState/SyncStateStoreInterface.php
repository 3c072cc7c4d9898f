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
     * Lets the feed be read anew after a place: from its beginning, or another relay's feed.
     */
    public function forgetCursors(int $after = 0): void;

    /**
     * Number of documents and payments in one of these states, counted up to a limit.
     */
    public function countUpTo(int $limit, SyncStatus ...$statuses): int;

    /**
     * Since when the first of the documents waits that the relay has and that have no answer yet; UTC as in the
     * database, null when there is none.
     */
    public function unansweredSince(): ?string;

    /**
     * How many rows stand in each status.
     *
     * @return array<string, int> by status value
     */
    public function counts(): array;
}
