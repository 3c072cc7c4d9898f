<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

/**
 * Port to the table of captured events.
 *
 * No claim takes a row whose entity is on hold.
 * Deliberately without delete: rows are the history; only the clean-up removes anything.
 *
 * @api
 */
interface OutboxStoreInterface
{
    /**
     * Captures events inside the caller's transaction, in the given order. Begins no transaction.
     *
     * What is captured today takes rows of the same key out of a backfill.
     * An invoice or credit memo is captured only once. An order, customer or product has one row for each event while
     * it waits for translation, because its content is read only then; a later change gets its own row.
     *
     * @return int number of rows this made; the admin sees their entities as pending
     */
    public function capture(CaptureRequest ...$requests): int;

    /**
     * Makes what was just queued again for these entities part of a backfill.
     *
     * @param int[] $entityIds
     */
    public function moveToBackfill(string $entityType, array $entityIds): void;

    /**
     * Takes up to a number of unclaimed captured rows and marks them with the token: the oldest of today, and only
     * when there are none left, the oldest of a backfill.
     *
     * @return OutboxEntry[] rows that carry the token now, in that order
     */
    public function claimForTranslation(string $token, int $limit, \DateTimeImmutable $now): array;

    /**
     * The unclaimed captured rows of one document, oldest first, without a claim.
     *
     * The caller writes with replace(), and the first writer wins. A later edit of an order then has its own row.
     *
     * @return OutboxEntry[]
     */
    public function capturedOf(string $entityType, int $entityId): array;

    /**
     * Takes up to a number of unclaimed rows that are due for delivery and marks them with the token, in the order of
     * claimForTranslation().
     *
     * A row waits while an older row of the same entity is unfinished, so that paid never overtakes created.
     * An unclaimed row in the state delivering lost its worker; it is delivered again with the same bytes.
     * A row whose next attempt is later than any schedule allows is due, because the clock was set back.
     *
     * @return OutboxEntry[] rows that carry the token now, in that order
     */
    public function claimForDelivery(string $token, int $limit, \DateTimeImmutable $now): array;

    /**
     * Takes all rows of one document that are unfinished, if every one of them is due and nobody else has one.
     *
     * The caller sends them together and in their order, so that paid never overtakes created.
     *
     * @return OutboxEntry[] rows that carry the token now, oldest first; none if one of them must wait
     */
    public function claimDeliveryOf(
        string $entityType,
        int $entityId,
        string $token,
        \DateTimeImmutable $now
    ): array;

    /**
     * Writes the new row if state and claim are still those of the old one; returns whether it did.
     */
    public function replace(OutboxEntry $old, OutboxEntry $new): bool;

    /**
     * As replace() for many rows, in one transaction and with a fixed number of statements.
     *
     * @param array<int, array{OutboxEntry, OutboxEntry}> $changes rows before and after, each row once
     * @return array<int, array{OutboxEntry, OutboxEntry}> those that were written
     */
    public function replaceAll(array $changes): array;

    /**
     * Runs the work in one transaction, so that rows and mirror change together or not at all.
     *
     * @param \Closure(): void $work
     */
    public function inTransaction(\Closure $work): void;

    /**
     * Releases rows whose worker is gone, and returns how many.
     *
     * A claim in the future was made before the clock was set back; its age is unknown.
     */
    public function releaseClaimsOutside(\DateTimeImmutable $oldest, \DateTimeImmutable $newest): int;

    /**
     * The fingerprint of what the newest older row of the same entity sent, or will send; null for none.
     *
     * An order that is open again after it was invoiced has changed, even if its plan equals that of the last
     * order.placed.
     */
    public function earlierFingerprint(OutboxEntry $entry): ?string;
}
