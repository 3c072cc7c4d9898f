<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Database;

use Byte8\SageAccounting\Model\Delivery\RetrySchedule;
use Byte8\SageAccounting\Model\Outbox\OutboxEntry;
use Byte8\SageAccounting\Model\Outbox\OutboxRows;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Magento\Framework\DB\Select;

/**
 * Which rows of the outbox may be taken, and taking them: those of today before those of a backfill.
 *
 * A conditional update is the claim, because the oldest supported MariaDB has no SKIP LOCKED.
 */
class OutboxClaims
{
    public function __construct(private readonly SalesTables $tables, private readonly OutboxRows $rows)
    {
    }

    /**
     * @return OutboxEntry[]
     */
    public function forTranslation(string $token, int $limit, \DateTimeImmutable $now): array
    {
        $claimed = $this->take($this->idsIn([OutboxState::Captured], $limit), [OutboxState::Captured], $token, $now);
        $this->endBackfill($claimed);

        return $claimed;
    }

    /**
     * @return OutboxEntry[]
     */
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

    /**
     * @return OutboxEntry[]
     */
    public function forDelivery(string $token, int $limit, \DateTimeImmutable $now): array
    {
        $olderUnfinished = implode(' AND ', [
            'older.entity_type = entry.entity_type',
            'older.entity_id = entry.entity_id',
            'older.id < entry.id',
            $this->tables->connection()->quoteInto('older.state IN (?)', $this->values(OutboxState::unfinished())),
        ]);
        $ids = $this->idsIn(OutboxState::deliverable(), $limit, fn (Select $select): Select => $select
            ->joinLeft(['older' => $this->tables->outbox()], $olderUnfinished, [])
            ->where('older.id IS NULL')
            ->where($this->isDue($now)));

        return $this->take($ids, OutboxState::deliverable(), $token, $now);
    }

    /**
     * The unfinished rows of one document, if every one of them is due and nobody else has one.
     *
     * @return int[]
     */
    public function deliverableOf(string $entityType, int $entityId, \DateTimeImmutable $now): array
    {
        $ofDocument = [
            'entry.entity_type = ?' => $entityType,
            'entry.entity_id = ?' => $entityId,
            'entry.state IN (?)' => $this->values(OutboxState::unfinished()),
        ];
        $unfinished = $this->tables->connection()->select()->from(['entry' => $this->tables->outbox()], ['id']);
        $free = $this->selectUnclaimed('id')
            ->where('entry.state IN (?)', $this->values(OutboxState::deliverable()))
            ->where($this->isDue($now));
        foreach ($ofDocument as $condition => $value) {
            $unfinished->where($condition, $value);
            $free->where($condition, $value);
        }
        $ids = $this->ids($free);

        return count($ids) === count($this->ids($unfinished)) ? $ids : [];
    }

    /**
     * The condition on state and token is the claim: of two workers with the same ids, the second changes nothing.
     *
     * @param int[] $ids
     * @param OutboxState[] $states
     * @return OutboxEntry[]
     */
    public function take(array $ids, array $states, string $token, \DateTimeImmutable $now): array
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
            ->order(['is_backfill ASC', 'id ASC']);
        $entries = array_map($this->rows->entry(...), $connection->fetchAll($select));
        $this->endPending($entries);

        return $entries;
    }

    /**
     * Rows that are not claimed and not on hold; those of today first, then the oldest.
     */
    private function selectUnclaimed(string ...$columns): Select
    {
        return $this->tables->connection()->select()
            ->from(['entry' => $this->tables->outbox()], $columns)
            ->joinLeft(
                ['hold' => $this->tables->hold()],
                'hold.entity_type = entry.entity_type AND hold.magento_id = entry.entity_id',
                []
            )
            ->where('hold.magento_id IS NULL')
            ->where('entry.claim_token IS NULL')
            ->order(['entry.is_backfill ASC', 'entry.id ASC']);
    }

    /**
     * The first unclaimed rows in some states, those of today before those of a backfill.
     *
     * With a statement for each state, because each is one range of an index and nothing has to be sorted.
     *
     * @param OutboxState[] $states
     * @param ?\Closure(Select): Select $narrow
     * @return int[]
     */
    private function idsIn(array $states, int $limit, ?\Closure $narrow = null): array
    {
        $found = [];
        foreach ($states as $state) {
            $select = $this->selectUnclaimed('id', 'is_backfill')
                ->where('entry.state = ?', $state->value)
                ->limit($limit);
            array_push($found, ...$this->tables->connection()->fetchAll($narrow === null ? $select : $narrow($select)));
        }
        usort($found, static fn (array $one, array $other): int =>
            [(int) $one['is_backfill'], (int) $one['id']] <=> [(int) $other['is_backfill'], (int) $other['id']]);

        return array_map('intval', array_column(array_slice($found, 0, $limit), 'id'));
    }

    /**
     * Nothing of today waits for an older event of its record that is part of a backfill.
     *
     * @param OutboxEntry[] $entries
     */
    private function endBackfill(array $entries): void
    {
        $ids = [];
        foreach ($entries as $entry) {
            if (!$entry->isBackfill) {
                $ids[$entry->event->name->entityType()][] = $entry->event->entityId;
            }
        }
        foreach ($ids as $type => $ofType) {
            $this->tables->connection()->update($this->tables->outbox(), ['is_backfill' => 0], [
                'entity_type = ?' => $type,
                'entity_id IN (?)' => $ofType,
                'is_backfill = 1',
                'state IN (?)' => $this->values(OutboxState::unfinished()),
            ]);
        }
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
