<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

use Byte8\SageAccounting\Model\Outbox\OutboxEntry;
use Byte8\SageAccounting\Model\Outbox\OutboxState;

/**
 * Tells the admin's mirror what has become of an outbox row.
 */
class SyncStateRecorder
{
    /** Code of a skip because an edit changed nothing the ledger knows. */
    public const UNCHANGED = 'unchanged';

    public function __construct(private readonly SyncStateStoreInterface $store)
    {
    }

    public function record(OutboxEntry $entry): void
    {
        if ($entry->state === OutboxState::Skipped && $entry->reasonCode === self::UNCHANGED) {
            $this->restore($entry);

            return;
        }
        if ($entry->runId !== null && $this->known($entry)?->hasResponseFor($entry->runId)) {
            return;
        }
        if ($this->isShownAlready($entry)) {
            return;
        }
        $this->store->record(new SyncStateRow(
            $entry->event->name->entityType(),
            $entry->event->entityId,
            SyncAspect::of($entry->event->name),
            $this->status($entry->state),
            runId: $entry->runId,
            reasonCode: $entry->reasonCode,
            reasonPointer: $entry->reasonPointer,
            reasonMessage: $entry->reasonMessage,
            reasonSuggestion: $entry->reasonSuggestion
        ));
    }

    /**
     * Whether the admin is shown that the ledger has not answered yet.
     */
    public function awaitsResponse(OutboxEntry $entry): bool
    {
        return $this->known($entry)?->status === SyncStatus::Pending;
    }

    /**
     * What is offered again to a restored relay stands in the ledger as before; the feed says when that changes.
     */
    private function isShownAlready(OutboxEntry $entry): bool
    {
        if ($entry->recoveryId === null || $this->status($entry->state) !== SyncStatus::Pending) {
            return false;
        }
        $known = $this->known($entry);

        return $known !== null && $known->status !== SyncStatus::Pending;
    }

    private function status(OutboxState $state): SyncStatus
    {
        return match ($state) {
            OutboxState::Skipped => SyncStatus::Skipped,
            OutboxState::Rejected, OutboxState::Dead => SyncStatus::Failed,
            OutboxState::Captured,
            OutboxState::Ready,
            OutboxState::Delivering,
            OutboxState::Delivered,
            OutboxState::Failed => SyncStatus::Pending,
        };
    }

    /**
     * What an edit without effect had marked as pending stands in the ledger as before.
     */
    private function restore(OutboxEntry $entry): void
    {
        $known = $this->known($entry);
        if ($known?->ledgerId !== null) {
            $this->store->record(new SyncStateRow(
                $known->entityType,
                $entry->event->entityId,
                $known->aspect,
                SyncStatus::Synced
            ));
        }
    }

    private function known(OutboxEntry $entry): ?SyncStateRow
    {
        $entityId = $entry->event->entityId;
        $state = $this->store->find($entry->event->name->entityType(), [$entityId])[$entityId] ?? null;

        return $state?->aspect(SyncAspect::of($entry->event->name));
    }
}
