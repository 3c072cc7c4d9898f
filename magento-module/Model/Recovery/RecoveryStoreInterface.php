<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Recovery;

/**
 * Port to the rows that a recovery works on, a batch at a time.
 */
interface RecoveryStoreInterface
{
    /**
     * Offers again, among the next rows of the outbox, those that a restored relay may have forgotten.
     *
     * That is a delivered row that was delivered after an instant, that has no answer yet, or whose answer came from
     * a place in the feed after the one up to which both agree. Of a customer or product only the newest counts.
     * A row whose plan is gone is captured anew. Rows already offered for the same recovery are left.
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
     * Forgets, among the next rows of the mirror, places in the feed after the one up to which both agree.
     *
     * @param int $after last row of the batch before
     * @return ?int last row of this batch, null when there are no more rows
     */
    public function forgetCursorsAfter(int $feedCursor, int $after): ?int;

    /**
     * Rows offered for a recovery that are still on their way and that nobody holds back.
     */
    public function open(string $recoveryId): int;

    /**
     * The highest entity id of each kind that the shop has or had.
     *
     * @return array<string, int> by entity type
     */
    public function highestEntityIds(): array;

    /**
     * Lets the outbox give sequences above a number from now on.
     */
    public function raiseSequence(int $sequence): void;

    /**
     * Captures anew, under a new sequence, customers and products that were not delivered yet or that the relay took
     * for an older state.
     *
     * Documents keep their row: nothing is older or newer about them, and the relay recognises the same bytes.
     *
     * @return int number of rows, 0 when there are no more
     */
    public function recapture(int $sequence, int $limit): int;
}
