<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Delivery\RetrySchedule;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\OutboxEntry;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\OutboxStoreInterface;

/**
 * The outbox in an array, with the same rules as the one in the database.
 */
class InMemoryOutboxStore implements OutboxStoreInterface
{
    /** @var array<int, OutboxEntry> rows by id */
    public array $entries = [];

    public int $transactions = 0;

    /** @var array<string, int> row ids by pending key, which is unique */
    private array $pendingKeys = [];

    public function capture(CaptureRequest ...$requests): int
    {
        $made = 0;
        foreach ($requests as $request) {
            $key = $request->idempotencyKey();
            if (isset($this->pendingKeys[$key])) {
                $this->takeOutOfBackfill($this->pendingKeys[$key], $request);
                continue;
            }
            $id = count($this->entries) + 1;
            $this->pendingKeys[$key] = $id;
            $event = new CapturedEvent($request->name, $request->entityId, $id);
            $this->entries[$id] = new OutboxEntry(
                $event,
                $request->storeId,
                isForced: $request->isForced,
                isBackfill: $request->isBackfill
            );
            $made++;
        }

        return $made;
    }

    public function moveToBackfill(string $entityType, array $entityIds): void
    {
        foreach ($this->entries as $id => $entry) {
            $isMeant = $entry->state === OutboxState::Captured && $entry->isForced
                && $entry->event->name->entityType() === $entityType
                && in_array($entry->event->entityId, $entityIds, true);
            $this->entries[$id] = $isMeant ? $this->inBackfill($entry, true) : $entry;
        }
    }

    public function claimForTranslation(string $token, int $limit, \DateTimeImmutable $now): array
    {
        $claimed = $this->claim(
            static fn (OutboxEntry $entry): bool => $entry->state === OutboxState::Captured,
            $token,
            $limit,
            $now
        );
        foreach ($claimed as $entry) {
            foreach ($entry->isBackfill ? [] : $this->entries as $id => $other) {
                $isSameEntity = $other->event->entityId === $entry->event->entityId
                    && $other->event->name->entityType() === $entry->event->name->entityType();
                if ($isSameEntity && $other->state->isUnfinished()) {
                    $this->entries[$id] = $this->inBackfill($other, false);
                }
            }
        }

        return $claimed;
    }

    public function capturedOf(string $entityType, int $entityId): array
    {
        $captured = array_values(array_filter(
            $this->entries,
            static fn (OutboxEntry $entry): bool => $entry->state === OutboxState::Captured
                && $entry->claimToken === null
                && $entry->event->name->entityType() === $entityType
                && $entry->event->entityId === $entityId
        ));
        array_map($this->endPending(...), $captured);

        return $captured;
    }

    public function claimForDelivery(string $token, int $limit, \DateTimeImmutable $now): array
    {
        return $this->claim(
            fn (OutboxEntry $entry): bool => $this->isDeliverable($entry, $now) && !$this->hasOlderUnfinished($entry),
            $token,
            $limit,
            $now
        );
    }

    public function claimDeliveryOf(
        string $entityType,
        int $entityId,
        string $token,
        \DateTimeImmutable $now
    ): array {
        $isOfDocument = static fn (OutboxEntry $entry): bool => $entry->state->isUnfinished()
            && $entry->event->name->entityType() === $entityType
            && $entry->event->entityId === $entityId;
        $unfinished = array_filter($this->entries, $isOfDocument);
        $free = array_filter(
            $unfinished,
            fn (OutboxEntry $entry): bool => $entry->claimToken === null && $this->isDeliverable($entry, $now)
        );

        return count($free) === count($unfinished) ? $this->claim($isOfDocument, $token, count($free), $now) : [];
    }

    public function replace(OutboxEntry $old, OutboxEntry $new): bool
    {
        $id = $old->event->sequence;
        $current = $this->entries[$id];
        if ($current->state !== $old->state || $current->claimToken !== $old->claimToken) {
            return false;
        }
        $this->entries[$id] = $new;

        return true;
    }

    public function replaceAll(array $changes): array
    {
        return array_values(array_filter(
            $changes,
            fn (array $change): bool => $this->replace(...$change)
        ));
    }

    public function inTransaction(\Closure $work): void
    {
        $this->transactions++;
        $work();
    }

    public function releaseClaimsOutside(\DateTimeImmutable $oldest, \DateTimeImmutable $newest): int
    {
        $released = 0;
        foreach ($this->entries as $id => $entry) {
            if ($entry->claimedAt !== null && ($entry->claimedAt < $oldest || $entry->claimedAt > $newest)) {
                $this->entries[$id] = $entry->released();
                $released++;
            }
        }

        return $released;
    }

    public function earlierFingerprint(OutboxEntry $entry): ?string
    {
        $found = null;
        foreach ($this->entries as $older) {
            if (
                $older->event->sequence < $entry->event->sequence
                && $older->event->name->entityType() === $entry->event->name->entityType()
                && $older->event->entityId === $entry->event->entityId
                && $older->state !== OutboxState::Skipped
            ) {
                $found = $older->fingerprint;
            }
        }

        return $found;
    }

    /**
     * @param \Closure(OutboxEntry): bool $isDue
     * @return OutboxEntry[]
     */
    private function claim(\Closure $isDue, string $token, int $limit, \DateTimeImmutable $now): array
    {
        $due = array_filter(
            $this->entries,
            static fn (OutboxEntry $entry): bool => $entry->claimToken === null && $isDue($entry)
        );
        uasort($due, static fn (OutboxEntry $one, OutboxEntry $other): int =>
            [$one->isBackfill, $one->event->sequence] <=> [$other->isBackfill, $other->event->sequence]);
        $claimed = [];
        foreach (array_slice($due, 0, $limit, true) as $id => $entry) {
            $this->entries[$id] = $claimed[] = $entry->claimedBy($token, $now);
            $this->endPending($entry);
        }

        return $claimed;
    }

    private function takeOutOfBackfill(int $id, CaptureRequest $request): void
    {
        if (!$request->isBackfill) {
            $this->entries[$id] = $this->inBackfill($this->entries[$id], false);
        }
    }

    private function inBackfill(OutboxEntry $entry, bool $isBackfill): OutboxEntry
    {
        return new OutboxEntry(...array_replace(get_object_vars($entry), ['isBackfill' => $isBackfill]));
    }

    private function isDeliverable(OutboxEntry $entry, \DateTimeImmutable $now): bool
    {
        return in_array($entry->state, OutboxState::deliverable(), true)
            && ($entry->nextAttemptAt === null
                || $entry->nextAttemptAt <= $now
                || $entry->nextAttemptAt > $now->modify('+' . RetrySchedule::LONGEST_WAIT . ' seconds'));
    }

    private function endPending(OutboxEntry $entry): void
    {
        $key = $entry->event->key();
        if ($entry->event->name->isUpsert() && ($this->pendingKeys[$key] ?? null) === $entry->event->sequence) {
            unset($this->pendingKeys[$key]);
        }
    }

    private function hasOlderUnfinished(OutboxEntry $entry): bool
    {
        foreach ($this->entries as $older) {
            if (
                $older->event->sequence < $entry->event->sequence
                && $older->event->entityId === $entry->event->entityId
                && $older->event->name->entityType() === $entry->event->name->entityType()
                && $older->state->isUnfinished()
            ) {
                return true;
            }
        }

        return false;
    }
}
