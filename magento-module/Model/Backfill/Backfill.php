<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Backfill;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\OutboxStoreInterface;
use Byte8\SageAccounting\Model\Outbox\Resync;

/**
 * Queues entities that existed before the module was installed.
 *
 * The progress is stored after every batch, and capturing a document twice has no effect, so an interrupted run can
 * continue where it ended.
 */
class Backfill
{
    private const ROWS = 200;

    public function __construct(
        private readonly BackfillRows $rows,
        private readonly EntityEvents $events,
        private readonly OutboxStoreInterface $store,
        private readonly Resync $resync,
        private readonly KeyValueStoreInterface $values
    ) {
    }

    /**
     * The number of entities that a run would check.
     */
    public function count(string $entityType, BackfillFilter $filter, bool $resume): int
    {
        return $this->rows->count($entityType, $filter, $resume ? $this->bookmark($entityType, $filter) : 0);
    }

    /**
     * @param EventName[] $only none for all events of the entities
     * @param bool $again whether to send again what was captured before
     * @param bool $resume whether to continue where the same run was interrupted
     * @param callable(int $entities): void $progress called after every batch
     * @return int number of events that this run queued
     */
    public function run(
        string $entityType,
        BackfillFilter $filter,
        array $only,
        bool $again,
        bool $resume,
        callable $progress
    ): int {
        $afterId = $resume ? $this->bookmark($entityType, $filter) : 0;
        $captured = 0;
        while (($batch = $this->batch($entityType, $filter, $only, $again, $afterId)) !== null) {
            $captured += $batch->queued;
            $afterId = $batch->lastId;
            $this->values->set($this->bookmarkName($entityType), $filter->digest() . ':' . $afterId);
            $progress($batch->entities);
        }
        $this->values->remove($this->bookmarkName($entityType));

        return $captured;
    }

    /**
     * Queues the next entities.
     *
     * @param EventName[] $only none for all events of the entities
     * @param bool $again whether to send again what was captured before
     * @return ?BackfillBatch null if there are no more
     */
    public function batch(
        string $entityType,
        BackfillFilter $filter,
        array $only,
        bool $again,
        int $afterId
    ): ?BackfillBatch {
        $rows = $this->rows->next($entityType, $filter, $afterId, self::ROWS);
        if ($rows === []) {
            return null;
        }
        $names = array_map(
            static fn (array $names): array => $only === [] ? $names : array_values(array_filter(
                $names,
                static fn (EventName $name): bool => in_array($name, $only, true)
            )),
            $this->events->of($entityType, $rows)
        );
        $queued = $again ? $this->captureAgain($rows, $names) : $this->capture($rows, $names);
        if ($again && $filter->ids === []) {
            // Single records that a person has named go first.
            $this->store->moveToBackfill($entityType, array_keys($names));
        }

        return new BackfillBatch(count($rows), $queued, max(array_keys($names)));
    }

    /**
     * @param array<int, array{entity_id: int, store_id: int, state: string}> $rows
     * @param array<int, EventName[]> $names by entity id
     */
    private function captureAgain(array $rows, array $names): int
    {
        $queued = 0;
        foreach ($rows as $row) {
            $queued += $this->resync->again($names[$row['entity_id']], $row['entity_id'], $row['store_id']);
        }

        return $queued;
    }

    /**
     * @param array<int, array{entity_id: int, store_id: int, state: string}> $rows
     * @param array<int, EventName[]> $names by entity id
     */
    private function capture(array $rows, array $names): int
    {
        $requests = [];
        foreach ($rows as $row) {
            foreach ($names[$row['entity_id']] as $name) {
                // The ledger has nothing to take back of what was never sent.
                if ($name->takesBack() === null) {
                    $requests[] = new CaptureRequest($name, $row['entity_id'], $row['store_id'], isBackfill: true);
                }
            }
        }
        $queued = 0;
        $this->store->inTransaction(function () use ($requests, &$queued): void {
            $queued = $this->store->capture(...$requests);
        });

        return $queued;
    }

    private function bookmark(string $entityType, BackfillFilter $filter): int
    {
        $bookmark = (string) $this->values->get($this->bookmarkName($entityType));
        $prefix = $filter->digest() . ':';

        return str_starts_with($bookmark, $prefix) ? (int) substr($bookmark, strlen($prefix)) : 0;
    }

    private function bookmarkName(string $entityType): string
    {
        return 'backfill.' . $entityType;
    }
}
