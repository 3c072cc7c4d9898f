<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

/**
 * Port for what people, status pages and the clean-up do with outbox rows.
 *
 * @api
 */
interface OutboxEditorInterface
{
    /**
     * @param OutboxState[] $states none for all
     * @return OutboxRecord[] newest first
     */
    public function list(array $states, int $limit): array;

    public function find(int $id): ?OutboxRecord;

    /**
     * @return OutboxRecord[] newest first
     */
    public function ofEntity(string $entityType, int $entityId): array;

    /**
     * @return array<string, int> by state value
     */
    public function counts(): array;

    /**
     * The highest sequence that was given to an event; 0 for none.
     */
    public function highestId(): int;

    /**
     * When the oldest waiting row that is not on hold was captured; UTC as in the database.
     */
    public function oldestWaiting(): ?string;

    /**
     * Applies a transition to rows that no worker has claimed. Rows whose state does not allow it are skipped.
     *
     * @param int[] $ids
     * @return int number of rows changed
     */
    public function apply(OutboxTransition $transition, array $ids): int;

    /**
     * Ids of rows in a state, oldest first.
     *
     * @return int[]
     */
    public function ids(OutboxState $state, int $limit): array;

    /**
     * Those of the documents that were dead-lettered for a reason.
     *
     * @param string[] $keys idempotency keys
     * @return string[]
     */
    public function deadLetteredKeys(string $reasonCode, array $keys): array;

    /**
     * Clears the fingerprint of a run, so that the same content is sent again.
     */
    public function forgetFingerprint(string $runId): void;

    /**
     * Deletes the details of finished documents, and the rows of finished customers and products except the newest
     * of each. The row of a document stays for ever, so that it is never sent twice.
     *
     * @return int number of rows emptied or removed
     */
    public function cleanUp(\DateTimeImmutable $before): int;
}
