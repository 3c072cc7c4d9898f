<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

/**
 * Port for what people and housekeeping do with outbox rows, beside the ordinary way.
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
     * When the oldest row was captured that waits for its turn and is not held back; UTC as in the database.
     */
    public function oldestWaiting(): ?string;

    /**
     * Applies a transition to rows nobody works on, each from the state it is in; rows it does not fit are left.
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
     * Those of the documents that were given up for a reason.
     *
     * @param string[] $keys idempotency keys
     * @return string[]
     */
    public function deadLetteredKeys(string $reasonCode, array $keys): array;

    /**
     * Forgets that a run was sent, so that the same content is sent again.
     */
    public function forgetFingerprint(string $runId): void;

    /**
     * Empties finished documents of their texts and removes finished customers and products, except the newest row of
     * each. What says that a document was noted stays for ever.
     *
     * @return int number of rows emptied or removed
     */
    public function cleanUp(\DateTimeImmutable $before): int;
}
