<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

/**
 * Port to the table of captured events.
 *
 * No claim takes a row whose entity a person keeps back.
 * Deliberately without delete: rows are the history, and cleaning up is somebody else's work.
 *
 * @api
 */
interface OutboxStoreInterface
{
    /**
     * Notes events inside the caller's transaction, rows in the order given; begins no transaction.
     *
     * A document is noted once for ever. A customer or product is noted once while its row still waits to be
     * taken for translation, because the content is read only then; later changes make a row of their own.
     *
     * @return int number of rows this made; the admin sees their entities as pending
     */
    public function capture(CaptureRequest ...$requests): int;

    /**
     * Takes up to a number of unclaimed captured rows, oldest first, and marks them with the token.
     *
     * @return OutboxEntry[] rows that carry the token now, oldest first
     */
    public function claimForTranslation(string $token, int $limit, \DateTimeImmutable $now): array;

    /**
     * The unclaimed captured rows of one document, oldest first, without taking them.
     *
     * Whoever decides them writes with replace(), which the first one wins. For documents only: a customer's or
     * product's row must be claimed, because a claim is what sends a later edit into a row of its own.
     *
     * @return OutboxEntry[]
     */
    public function capturedOf(string $entityType, int $entityId): array;

    /**
     * Takes up to a number of unclaimed rows that are due for delivery, oldest first, and marks them with the token.
     *
     * A row waits while an older row of the same entity is unfinished, so that paid never overtakes created.
     * A row found delivering is one whose worker has gone; it is delivered again with the same bytes.
     * A row whose next attempt is further ahead than any schedule allows is due: the clock went back.
     *
     * @return OutboxEntry[] rows that carry the token now, oldest first
     */
    public function claimForDelivery(string $token, int $limit, \DateTimeImmutable $now): array;

    /**
     * Writes the new row if the old one still stands, claim and state included, and says whether it did.
     */
    public function replace(OutboxEntry $old, OutboxEntry $new): bool;

    /**
     * Does the work in one transaction, so that rows and mirror change together or not at all.
     *
     * @param \Closure(): void $work
     */
    public function inTransaction(\Closure $work): void;

    /**
     * Frees rows whose worker has not come back, and returns how many.
     *
     * A claim in the future was made before the clock went back; nobody knows how old it is.
     */
    public function releaseClaimsOutside(\DateTimeImmutable $oldest, \DateTimeImmutable $newest): int;

    /**
     * The fingerprint of what the newest older row of the same key sent, or will send; null for none.
     */
    public function earlierFingerprint(OutboxEntry $entry): ?string;
}
