<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Recovery;

/**
 * Port to the rows of a recovery, one batch at a time.
 */
interface RecoveryStoreInterface
{
    /**
     * Offers again those of the next outbox rows that a restored relay may have lost.
     *
     * These are delivered rows that were delivered after the given instant, have no result yet, or got their result
     * from a feed position after the last common one. Of a customer or product only the newest row counts.
     * A row whose plan was deleted is captured again. Rows already offered for the same recovery are skipped.
     *
     * @param int $after last row of the batch before
     * @return ?array{last: int, offered: int} null when there are no more rows
     */
    public function offerAgain(
        string $recoveryId,
        \DateTimeImmutable $deliveredAfter,
        int $feedCursor,
        int $after
    ): ?array;

    /**
     * Clears, in the next rows of the mirror, the feed positions after the last common one.
     *
     * @param int $after last row of the batch before
     * @return ?int last row of this batch, null when there are no more rows
     */
    public function forgetCursorsAfter(int $feedCursor, int $after): ?int;

    /**
     * The number of rows offered for a recovery that are unfinished and not on hold.
     */
    public function open(string $recoveryId): int;

    /**
     * The highest entity id of each type that the shop has or had.
     *
     * @return array<string, int> by entity type
     */
    public function highestEntityIds(): array;

    /**
     * Makes the outbox give only sequences above this number from now on.
     */
    public function raiseSequence(int $sequence): void;

    /**
     * Captures again, under a new sequence, customers and products that were not delivered yet or that the relay took
     * for an older state.
     *
     * Documents keep their row: they have no older or newer state, and the relay recognises the same bytes.
     *
     * @return int number of rows, 0 when there are no more
     */
    public function recapture(int $sequence, int $limit): int;
}
