<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\Delivery\RetrySchedule;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;
use Magento\Framework\DB\Select;

/**
 * The outbox in Magento's own database, on the connection of sales documents so that it shares their transaction.
 *
 * A conditional update is the claim, because the oldest supported MariaDB has no SKIP LOCKED.
 */
class ResourceConnectionOutboxStore implements OutboxStoreInterface
{
    private const ROWS_AT_ONCE = 500;

    public function __construct(
        private readonly SalesTables $tables,
        private readonly OutboxRows $rows,
        private readonly SyncStateStoreInterface $syncState
    ) {
    }

    public function capture(CaptureRequest ...$requests): int
    {
        $made = 0;
        foreach ($requests as $position => $request) {
            if ($request->isForced) {
                // A person's request to send unchanged content survives an edit that is captured in the same row.
                $made += $this->insert([$request], ['pending_key', 'is_forced']);
                unset($requests[$position]);
            }
        }
        foreach (array_chunk($requests, self::ROWS_AT_ONCE) as $some) {
            $made += $this->insert($some, ['pending_key']);
        }

        return $made;
    }

    public function claimForTranslation(string $token, int $limit, \DateTimeImmutable $now): array
    {
        $select = $this->selectUnclaimed()
            ->where('entry.state = ?', OutboxState::Captured->value)
            ->limit($limit);

        return $this->claim($this->ids($select), [OutboxState::Captured], $token, $now);
    }

    public function capturedOf(string $entityType, int $entityId): array
    {
        $select = $this->selectUnclaimed('*')
            ->where('entry.state = ?', OutboxState::Captured->value)
            ->where('entry.entity_type = ?', $entityType)
            ->where('entry.entity_id = ?', $entityId);

        $entries = array_map($this->rows->entry(...), $this->tables->connection()->fetchAll($select));
        $this->endPending($entries);

        return $entries;
    }

    public function claimForDelivery(string $token, int $limit, \DateTimeImmutable $now): array
    {
        $olderUnfinished = implode(' AND ', [
            'older.entity_type = entry.entity_type',
            'older.entity_id = entry.entity_id',
            'older.id < entry.id',
            $this->tables->connection()->quoteInto('older.state IN (?)', $this->values(OutboxState::unfinished())),
        ]);
        $select = $this->selectUnclaimed()
            ->joinLeft(['older' => $this->tables->outbox()], $olderUnfinished, [])
            ->where('older.id IS NULL')
            ->where('entry.state IN (?)', $this->values(OutboxState::deliverable()))
            ->where($this->isDue($now))
            ->limit($limit);

        return $this->claim($this->ids($select), OutboxState::deliverable(), $token, $now);
    }

    public function claimDeliveryOf(
        string $entityType,
        int $entityId,
        string $token,
        \DateTimeImmutable $now
    ): array {
        $ofDocument = [
            'entry.entity_type = ?' => $entityType,
            'entry.entity_id = ?' => $entityId,
            'entry.state IN (?)' => $this->values(OutboxState::unfinished()),
        ];
        $unfinished = $this->tables->connection()->select()->from(['entry' => $this->tables->outbox()], ['id']);
        $free = $this->selectUnclaimed()
            ->where('entry.state IN (?)', $this->values(OutboxState::deliverable()))
            ->where($this->isDue($now));
        foreach ($ofDocument as $condition => $value) {
            $unfinished->where($condition, $value);
            $free->where($condition, $value);
        }
        $ids = $this->ids($free);
        if (count($ids) !== count($this->ids($unfinished))) {
            return [];
        }
        $claimed = $this->claim($ids, OutboxState::deliverable(), $token, $now);
        if (count($claimed) === count($ids)) {
            return $claimed;
        }
        // Somebody else has taken one of them since, and sends it first.
        foreach ($claimed as $entry) {
            $this->replace($entry, $entry->released());
        }

        return [];
    }

    public function replace(OutboxEntry $old, OutboxEntry $new): bool
    {
        $condition = ['id = ?' => $old->event->sequence, 'state = ?' => $old->state->value];
        if ($old->claimToken === null) {
            $condition[] = 'claim_token IS NULL';
        } else {
            $condition['claim_token = ?'] = $old->claimToken;
        }
        $changes = $this->rows->changes($old, $new);

        return (int) $this->tables->connection()->update($this->tables->outbox(), $changes, $condition) === 1;
    }

    public function replaceAll(array $changes): array
    {
        $written = [];
        $this->inTransaction(function () use ($changes, &$written): void {
            $written = array_values(array_filter($changes, $this->isCurrent($this->locked($changes))));
            $rows = $this->rows->changedRows($written);
            if ($rows !== []) {
                $columns = array_diff(array_keys($rows[0]), OutboxRows::UNCHANGEABLE);
                $this->tables->connection()->insertOnDuplicate($this->tables->outbox(), $rows, array_values($columns));
            }
        });

        return $written;
    }

    public function inTransaction(\Closure $work): void
    {
        $this->tables->connection()->beginTransaction();
        try {
            $work();
            $this->tables->connection()->commit();
        } catch (\Throwable $exception) {
            $this->tables->connection()->rollBack();
            throw $exception;
        }
    }

    public function releaseClaimsOutside(\DateTimeImmutable $oldest, \DateTimeImmutable $newest): int
    {
        $connection = $this->tables->connection();

        return (int) $connection->update(
            $this->tables->outbox(),
            ['claim_token' => null, 'claimed_at' => null],
            [
                'claim_token IS NOT NULL',
                $connection->quoteInto('claimed_at < ?', $this->rows->asText($oldest)) . ' OR '
                    . $connection->quoteInto('claimed_at > ?', $this->rows->asText($newest)),
            ]
        );
    }

    public function earlierFingerprint(OutboxEntry $entry): ?string
    {
        $fingerprint = $this->tables->connection()->fetchOne(
            $this->tables->connection()->select()
                ->from($this->tables->outbox(), ['fingerprint'])
                ->where('entity_type = ?', $entry->event->name->entityType())
                ->where('entity_id = ?', $entry->event->entityId)
                ->where('id < ?', $entry->event->sequence)
                ->where('state <> ?', OutboxState::Skipped->value)
                ->order('id DESC')
                ->limit(1)
        );

        return is_string($fingerprint) ? $fingerprint : null;
    }

    /**
     * Inserts the rows with one statement, in their order; a second one shows the new rows as pending.
     *
     * @param CaptureRequest[] $requests at least one
     * @param string[] $updated columns to set where the row is there already
     * @return int number of rows made
     */
    private function insert(array $requests, array $updated): int
    {
        $rows = array_map($this->rows->captured(...), $requests);
        $changed = (int) $this->tables->connection()->insertOnDuplicate($this->tables->outbox(), $rows, $updated);
        if ($changed !== count($requests)) {
            // A single existing row counts as 0 or 2. Of several rows, some may be new.
            $requests = count($requests) === 1 || $changed === 0 ? [] : $this->newlyInserted($requests);
        }
        if ($requests !== []) {
            $this->syncState->record(...array_map(
                static fn (CaptureRequest $request): SyncStateRow => SyncStateRow::pending(
                    $request->name,
                    $request->entityId
                ),
                $requests
            ));
        }

        return count($requests);
    }

    /**
     * The requests for which the last statement inserted a row.
     *
     * @param CaptureRequest[] $requests
     * @return CaptureRequest[]
     */
    private function newlyInserted(array $requests): array
    {
        $keys = array_map(static fn (CaptureRequest $request): string => $request->idempotencyKey(), $requests);
        $made = $this->tables->connection()->fetchCol(
            $this->tables->connection()->select()
                ->from($this->tables->outbox(), ['idempotency_key'])
                ->where('pending_key IN (?)', $keys)
                // The first id of that statement; existing rows have a lower one.
                ->where('id >= LAST_INSERT_ID()')
        );
        $byKey = array_combine($keys, $requests);

        return array_values(array_intersect_key($byKey, array_flip($made)));
    }

    /**
     * State and claim of the rows, which nobody else can change until the transaction ends.
     *
     * @param array<int, array{OutboxEntry, OutboxEntry}> $changes
     * @return array<int, array{state: string, claim_token: ?string}> by id
     */
    private function locked(array $changes): array
    {
        if ($changes === []) {
            return [];
        }
        $ids = array_map(static fn (array $change): int => $change[0]->event->sequence, $changes);
        $select = $this->tables->connection()->select()
            ->from($this->tables->outbox(), ['id', 'state', 'claim_token'])
            ->where('id IN (?)', $ids)
            ->forUpdate();

        return array_column($this->tables->connection()->fetchAll($select), null, 'id');
    }

    /**
     * @param array<int, array{state: string, claim_token: ?string}> $found
     * @return \Closure(array{OutboxEntry, OutboxEntry}): bool
     */
    private function isCurrent(array $found): \Closure
    {
        return static function (array $change) use ($found): bool {
            $row = $found[$change[0]->event->sequence] ?? null;

            return $row !== null
                && $row['state'] === $change[0]->state->value
                && $row['claim_token'] === $change[0]->claimToken;
        };
    }

    /**
     * Rows that are not claimed and not on hold, oldest first.
     */
    private function selectUnclaimed(string $columns = 'id'): Select
    {
        return $this->tables->connection()->select()
            ->from(['entry' => $this->tables->outbox()], [$columns])
            ->joinLeft(
                ['hold' => $this->tables->hold()],
                'hold.entity_type = entry.entity_type AND hold.magento_id = entry.entity_id',
                []
            )
            ->where('hold.magento_id IS NULL')
            ->where('entry.claim_token IS NULL')
            ->order('entry.id ASC');
    }

    private function isDue(\DateTimeImmutable $now): string
    {
        $farthest = $now->modify('+' . RetrySchedule::LONGEST_WAIT . ' seconds');

        return implode(' OR ', [
            'entry.next_attempt_at IS NULL',
            $this->tables->connection()->quoteInto('entry.next_attempt_at <= ?', $this->rows->asText($now)),
            $this->tables->connection()->quoteInto('entry.next_attempt_at > ?', $this->rows->asText($farthest)),
        ]);
    }

    /**
     * @return int[]
     */
    private function ids(Select $select): array
    {
        return array_map('intval', $this->tables->connection()->fetchCol($select));
    }

    /**
     * The condition on state and token is the claim: of two workers with the same ids, the second changes nothing.
     *
     * @param int[] $ids
     * @param OutboxState[] $states
     * @return OutboxEntry[]
     */
    private function claim(array $ids, array $states, string $token, \DateTimeImmutable $now): array
    {
        if ($ids === []) {
            return [];
        }
        $connection = $this->tables->connection();
        $connection->update(
            $this->tables->outbox(),
            ['claim_token' => $token, 'claimed_at' => $this->rows->asText($now)],
            ['id IN (?)' => $ids, 'state IN (?)' => $this->values($states), 'claim_token IS NULL']
        );
        $select = $connection->select()
            ->from($this->tables->outbox())
            ->where('claim_token = ?', $token)
            ->order('id ASC');
        $entries = array_map($this->rows->entry(...), $connection->fetchAll($select));
        $this->endPending($entries);

        return $entries;
    }

    /**
     * Removes the pending key of an order, customer or product before it is read, so that a later edit gets its own
     * row.
     *
     * @param OutboxEntry[] $entries
     */
    private function endPending(array $entries): void
    {
        $upserts = array_filter($entries, static fn (OutboxEntry $entry): bool => $entry->event->name->isUpsert());
        if ($upserts !== []) {
            $ids = array_map(static fn (OutboxEntry $entry): int => $entry->event->sequence, array_values($upserts));
            $this->tables->connection()->update(
                $this->tables->outbox(),
                ['pending_key' => null],
                ['id IN (?)' => $ids]
            );
        }
    }

    /**
     * @param OutboxState[] $cases
     * @return string[]
     */
    private function values(array $cases): array
    {
        return array_values(array_map(static fn (OutboxState $case): string => $case->value, $cases));
    }
}
