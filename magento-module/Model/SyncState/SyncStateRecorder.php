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

    /**
     * With a fixed number of statements for all rows.
     */
    public function record(OutboxEntry ...$entries): void
    {
        $states = $this->states($entries);
        $rows = [];
        foreach ($entries as $entry) {
            $known = $states[$this->key($entry)] ?? null;
            $row = $entry->state === OutboxState::Skipped && $entry->reasonCode === self::UNCHANGED
                ? $this->restored($entry, $known)
                : $this->row($entry, $known);
            if ($row !== null) {
                // Of several events of an entity, the last one counts.
                $rows[$this->key($entry)] = $row;
            }
        }
        if ($rows !== []) {
            $this->store->record(...array_values($rows));
        }
    }

    /**
     * Whether the mirror still shows the status pending.
     */
    public function awaitsResponse(OutboxEntry $entry): bool
    {
        return ($this->states([$entry])[$this->key($entry)] ?? null)?->status === SyncStatus::Pending;
    }

    private function row(OutboxEntry $entry, ?SyncStateRow $known): ?SyncStateRow
    {
        if ($entry->runId !== null && $known?->hasResponseFor($entry->runId)) {
            return null;
        }

        return $this->isShownAlready($entry, $known) ? null : new SyncStateRow(
            $entry->event->name->entityType(),
            $entry->event->entityId,
            SyncAspect::of($entry->event->name),
            $this->status($entry->state),
            runId: $entry->runId,
            reasonCode: $entry->reasonCode,
            reasonPointer: $entry->reasonPointer,
            reasonMessage: $entry->reasonMessage,
            reasonSuggestion: $entry->reasonSuggestion
        );
    }

    /**
     * A row that is offered again to a restored relay keeps its status; the feed reports changes.
     */
    private function isShownAlready(OutboxEntry $entry, ?SyncStateRow $known): bool
    {
        return $entry->recoveryId !== null
            && $this->status($entry->state) === SyncStatus::Pending
            && $known !== null
            && $known->status !== SyncStatus::Pending;
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
    private function restored(OutboxEntry $entry, ?SyncStateRow $known): ?SyncStateRow
    {
        return $known?->ledgerId === null ? null : new SyncStateRow(
            $known->entityType,
            $entry->event->entityId,
            $known->aspect,
            $this->totalsDiffer($known) ? SyncStatus::Mismatch : SyncStatus::Synced
        );
    }

    private function totalsDiffer(SyncStateRow $known): bool
    {
        return $known->expectedTotal !== null
            && $known->ledgerTotal !== null
            && bccomp($known->expectedTotal, $known->ledgerTotal, self::PLACES) !== 0;
    }

    /**
     * What the mirror shows, with two statements for each type.
     *
     * @param OutboxEntry[] $entries
     * @return array<string, SyncStateRow>
     */
    private function states(array $entries): array
    {
        $ids = [];
        foreach ($entries as $entry) {
            // Other states are shown whatever stands there.
            if ($entry->runId !== null || $entry->recoveryId !== null || $entry->state === OutboxState::Skipped) {
                $ids[$entry->event->name->entityType()][$entry->event->entityId] = $entry->event->entityId;
            }
        }
        $states = [];
        foreach ($ids as $type => $ofType) {
            foreach ($this->store->find($type, array_values($ofType)) as $id => $state) {
                foreach ($state->rows as $row) {
                    $states[$type . ':' . $id . ':' . $row->aspect] = $row;
                }
            }
        }

        return $states;
    }

    private function key(OutboxEntry $entry): string
    {
        $event = $entry->event;

        return $event->name->entityType() . ':' . $event->entityId . ':' . SyncAspect::of($event->name);
    }
}
