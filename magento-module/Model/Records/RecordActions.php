<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Records;

use Byte8\SageAccounting\Model\Backfill\BackfillFilter;
use Byte8\SageAccounting\Model\Backfill\BackfillRows;
use Byte8\SageAccounting\Model\Backfill\EntityEvents;
use Byte8\SageAccounting\Model\Outbox\Resync;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;

/**
 * What a person does with records in the admin: send them again, hold them, release them.
 */
class RecordActions
{
    /** Keeps the request short; the commands have no such limit. */
    public const MOST = 500;

    public const TYPES = ['invoice', 'creditmemo', 'order', 'customer', 'product'];

    public function __construct(
        private readonly BackfillRows $rows,
        private readonly EntityEvents $events,
        private readonly Resync $resync,
        private readonly SyncStateStoreInterface $syncState
    ) {
    }

    /**
     * @param int[] $ids at most MOST are taken
     * @return int number of events that are queued again
     */
    public function resync(string $type, array $ids): int
    {
        $ids = $this->taken($type, $ids);
        $rows = $ids === [] ? [] : $this->rows->next($type, new BackfillFilter($ids), 0, self::MOST);
        $names = $this->events->of($type, $rows);
        $started = 0;
        foreach ($rows as $row) {
            $started += $this->resync->again($names[$row['entity_id']], $row['entity_id'], $row['store_id']);
        }

        return $started;
    }

    /**
     * @param int[] $ids at most MOST are taken
     * @param ?HoldMode $mode null to release them
     * @param string $person who did it
     * @return int number of records
     */
    public function hold(string $type, array $ids, ?HoldMode $mode, string $person): int
    {
        $ids = $this->taken($type, $ids);
        foreach ($ids as $id) {
            if ($mode === null) {
                $this->syncState->release($type, $id);
            } else {
                $this->syncState->hold($type, $id, $mode, $person);
            }
        }

        return count($ids);
    }

    /**
     * @param int[] $ids
     * @return int[]
     */
    private function taken(string $type, array $ids): array
    {
        $ids = array_filter(array_map('intval', $ids), static fn (int $id): bool => $id > 0);

        return in_array($type, self::TYPES, true) ? array_slice(array_values(array_unique($ids)), 0, self::MOST) : [];
    }
}
