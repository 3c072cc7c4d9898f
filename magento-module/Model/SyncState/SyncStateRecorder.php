<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

use Byte8\SageAccounting\Model\Outbox\OutboxEntry;
use Byte8\SageAccounting\Model\Outbox\OutboxState;

/**
 * Writes the state of an outbox row to the mirror that the admin shows.
 */
class SyncStateRecorder
{
    /** Code of a skip: an edit changed nothing in the ledger. */
    public const UNCHANGED = 'unchanged';

    private const PLACES = 4;

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
     * Whether the mirror still shows the status pending.
     */
    public function awaitsResponse(OutboxEntry $entry): bool
    {
        return $this->known($entry)?->status === SyncStatus::Pending;
    }

    /**
     * A row that is offered again to a restored relay keeps its status; the feed reports changes.
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
     * An edit without effect had set the status to pending; this sets it back.
     */
    private function restore(OutboxEntry $entry): void
    {
        $known = $this->known($entry);
        if ($known?->ledgerId !== null) {
            $this->store->record(new SyncStateRow(
                $known->entityType,
                $entry->event->entityId,
                $known->aspect,
                $this->totalsDiffer($known) ? SyncStatus::Mismatch : SyncStatus::Synced
            ));
        }
    }

    private function totalsDiffer(SyncStateRow $known): bool
    {
        return $known->expectedTotal !== null
            && $known->ledgerTotal !== null
            && bccomp($known->expectedTotal, $known->ledgerTotal, self::PLACES) !== 0;
    }

    private function known(OutboxEntry $entry): ?SyncStateRow
    {
        $entityId = $entry->event->entityId;
        $state = $this->store->find($entry->event->name->entityType(), [$entityId])[$entityId] ?? null;

        return $state?->aspect(SyncAspect::of($entry->event->name));
    }
}
