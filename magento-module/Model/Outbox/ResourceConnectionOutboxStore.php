<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Database\OutboxClaims;
use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;

/**
 * The outbox in Magento's own database, on the connection of sales documents so that it shares their transaction.
 */
class ResourceConnectionOutboxStore implements OutboxStoreInterface
{
    private const ROWS_AT_ONCE = 500;

    /** Of texts in one statement; escaped, they stay below the limit of four megabytes that some hosts set. */
    private const BYTES_AT_ONCE = 2_000_000;

    private readonly OutboxClaims $claims;

    public function __construct(
        private readonly SalesTables $tables,
        private readonly OutboxRows $rows,
        private readonly SyncStateStoreInterface $syncState
    ) {
        $this->claims = new OutboxClaims($tables, $rows);
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

    public function moveToBackfill(string $entityType, array $entityIds): void
    {
        $this->tables->connection()->update($this->tables->outbox(), ['is_backfill' => 1], [
            'entity_type = ?' => $entityType,
            'entity_id IN (?)' => $entityIds,
            'state = ?' => OutboxState::Captured->value,
            'is_forced = 1',
        ]);
    }

    public function claimForTranslation(string $token, int $limit, \DateTimeImmutable $now): array
    {
        return $this->claims->forTranslation($token, $limit, $now);
    }

    public function capturedOf(string $entityType, int $entityId): array
    {
        return $this->claims->capturedOf($entityType, $entityId);
    }

    public function claimForDelivery(string $token, int $limit, \DateTimeImmutable $now): array
    {
        return $this->claims->forDelivery($token, $limit, $now);
    }

    public function claimDeliveryOf(
        string $entityType,
        int $entityId,
        string $token,
        \DateTimeImmutable $now
    ): array {
        $ids = $this->claims->deliverableOf($entityType, $entityId, $now);
        $claimed = $this->claims->take($ids, OutboxState::deliverable(), $token, $now);
        if (count($claimed) === count($ids)) {
            return $claimed;
        }
        // Somebody else has taken one of them since, and sends it first.
        $this->replaceAll(array_map(
            static fn (OutboxEntry $entry): array => [$entry, $entry->released()],
            $claimed
        ));

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
            $columns = array_values(array_diff(array_keys($rows[0] ?? []), OutboxRows::UNCHANGEABLE));
            foreach ($this->fitting($rows) as $some) {
                $this->tables->connection()->insertOnDuplicate($this->tables->outbox(), $some, $columns);
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
            $this->takeOutOfBackfill($requests);
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
     * @param CaptureRequest[] $requests some of which have a row already
     */
    private function takeOutOfBackfill(array $requests): void
    {
        $ofToday = array_filter($requests, static fn (CaptureRequest $request): bool => !$request->isBackfill);
        if ($ofToday !== []) {
            $keys = array_map(static fn (CaptureRequest $request): string => $request->idempotencyKey(), $ofToday);
            $this->tables->connection()->update(
                $this->tables->outbox(),
                ['is_backfill' => 0],
                ['pending_key IN (?)' => array_values($keys), 'is_backfill = 1']
            );
        }
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
     * Usually all rows. Those of long documents are split, because a database refuses statements of many megabytes.
     *
     * @param array<int, array<string, mixed>> $rows
     * @return array<int, array<int, array<string, mixed>>>
     */
    private function fitting(array $rows): array
    {
        $parts = [];
        $bytes = self::BYTES_AT_ONCE;
        foreach ($rows as $row) {
            $length = strlen(implode('', $row));
            if ($bytes + $length > self::BYTES_AT_ONCE) {
                $parts[] = [];
                $bytes = 0;
            }
            $bytes += $length;
            $parts[array_key_last($parts)][] = $row;
        }

        return $parts;
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
}
