<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;

/**
 * What "send again" means for each state of a row.
 *
 * A skipped or rejected row is translated again with the current settings. A row that the relay has is sent again with
 * the same bytes. If the ledger refused it, it is translated again too; the relay makes sure that nothing is posted
 * twice.
 */
class Resync
{
    public function __construct(
        private readonly OutboxStoreInterface $store,
        private readonly OutboxEditorInterface $editor,
        private readonly SyncStateStoreInterface $syncState
    ) {
    }

    /**
     * @param EventName[] $names events of the entity, in their order
     * @return int number of events that are queued again
     */
    public function again(array $names, int $entityId, int $storeId): int
    {
        $started = 0;
        foreach ($names as $name) {
            $started += $this->one($name, $entityId, $storeId) ? 1 : 0;
        }

        return $started;
    }

    /**
     * Queues rows again, for example dead-lettered ones.
     *
     * @param int[] $ids
     * @return int number of rows that are queued again
     */
    public function requeue(array $ids): int
    {
        $requeued = 0;
        foreach ($ids as $id) {
            $record = $this->editor->find($id);
            if ($record === null) {
                continue;
            }
            $transition = $this->transition($record->entry);
            $changed = $this->editor->apply($transition, [$id]);
            // For bytes that the relay already has, the mirror already shows the result.
            $isKnown = $transition === OutboxTransition::Redeliver && $record->entry->runId !== null;
            if ($changed > 0 && !$isKnown) {
                $this->syncState->record(SyncStateRow::pending(
                    $record->entry->event->name,
                    $record->entry->event->entityId
                ));
            }
            $requeued += $changed;
        }

        return $requeued;
    }

    private function one(EventName $name, int $entityId, int $storeId): bool
    {
        if (!$name->isUpsert()) {
            foreach ($this->editor->ofEntity($name->entityType(), $entityId) as $record) {
                if ($record->entry->event->name === $name) {
                    return $record->entry->state->isUnfinished() || $this->requeue([$record->id()]) === 1;
                }
            }
        }
        $this->store->capture(new CaptureRequest($name, $entityId, $storeId, true));

        return true;
    }

    private function transition(OutboxEntry $entry): OutboxTransition
    {
        $isFrozen = $entry->planJson !== null && hash('sha256', $entry->planJson) === $entry->contentDigest;
        if (!$isFrozen) {
            return OutboxTransition::Retranslate;
        }
        $name = $entry->event->name;
        $entityId = $entry->event->entityId;
        $known = $this->syncState->find($name->entityType(), [$entityId])[$entityId] ?? null;
        $status = $known?->aspect(SyncAspect::of($name))?->status;
        $isWithRelay = in_array($entry->state, [OutboxState::Dead, OutboxState::Delivered], true);

        return match (true) {
            $entry->state === OutboxState::Delivered && $status === SyncStatus::Failed,
            $entry->state === OutboxState::Dead
                && str_starts_with($entry->reasonCode, 'plan_') => OutboxTransition::Retranslate,
            $isWithRelay => OutboxTransition::Redeliver,
            default => OutboxTransition::Retranslate,
        };
    }
}
