<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\SyncState\ResourceConnectionSyncStateStore;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;

/**
 * What becomes of outbox rows when the relay or this shop was restored from a backup.
 */
class OutboxRecovery
{
    public function __construct(private readonly SalesTables $tables, private readonly OutboxRows $rows)
    {
    }

    /**
     * Marks delivered rows for another delivery: those delivered since an instant, those without an answer, and those
     * whose answer came from a later place in the feed. Rows whose plan is gone are decided anew.
     *
     * @return ?int id of the last row that was looked at; null when there is none after $last
     */
    public function offerAgain(\DateTimeImmutable $since, int $cursor, int $last, int $upTo, int $limit): ?int
    {
        $connection = $this->tables->connection();
        $aspect = $connection->quoteInto('IF(entry.event_name = ?, ', EventName::InvoicePaid->value)
            . $connection->quoteInto('?, ', SyncAspect::PAYMENT) . $connection->quoteInto('?)', SyncAspect::DOCUMENT);
        $found = $connection->fetchAll(
            $connection->select()
                ->from(['entry' => $this->tables->outbox()], [
                    'id',
                    'lacks_plan' => 'ISNULL(entry.plan_json)',
                ])
                ->joinLeft(
                    ['mirror' => $this->tables->syncState()],
                    'mirror.entity_type = entry.entity_type AND mirror.magento_id = entry.entity_id'
                        . ' AND mirror.aspect = ' . $aspect . $connection->quoteInto(
                            ' AND mirror.provider = ?',
                            ResourceConnectionSyncStateStore::PROVIDER
                        ),
                    []
                )
                ->where('entry.state = ?', OutboxState::Delivered->value)
                ->where('entry.id > ?', $last)
                ->where('entry.id <= ?', $upTo)
                ->where(
                    $connection->quoteInto('entry.updated_at >= ?', $this->rows->asText($since))
                        . $connection->quoteInto(' OR mirror.sync_status = ?', SyncStatus::Pending->value)
                        . $connection->quoteInto(' OR mirror.feed_cursor > ?', $cursor)
                )
                ->order('entry.id ASC')
                ->limit($limit)
        );
        if ($found === []) {
            return null;
        }
        $this->mark(array_filter($found, static fn (array $row): bool => !(int) $row['lacks_plan']), [
            'state' => OutboxTransition::DeliverAgain->apply(OutboxState::Delivered)->value,
        ]);
        $this->mark(array_filter($found, static fn (array $row): bool => (bool) (int) $row['lacks_plan']), [
            'state' => OutboxTransition::TranslateAgain->apply(OutboxState::Delivered)->value,
            'content_digest' => null,
            'fingerprint' => null,
            'is_forced' => 1,
        ]);

        return (int) end($found)['id'];
    }

    /**
     * Whether rows up to an id are still to be decided or delivered; what people hold back does not count.
     */
    public function hasUnfinishedUpTo(int $id): bool
    {
        $states = array_map(static fn (OutboxState $state): string => $state->value, OutboxState::unfinished());
        $connection = $this->tables->connection();

        return $connection->fetchOne(
            $connection->select()
                ->from(['entry' => $this->tables->outbox()], ['id'])
                ->joinLeft(
                    ['hold' => $this->tables->hold()],
                    'hold.entity_type = entry.entity_type AND hold.magento_id = entry.entity_id',
                    []
                )
                ->where('hold.magento_id IS NULL')
                ->where('entry.id <= ?', $id)
                ->where('entry.state IN (?)', $states)
                ->limit(1)
        ) !== false;
    }

    /**
     * @return array<string, int> the highest id of each kind of entity that was noted
     */
    public function highestEntities(): array
    {
        $connection = $this->tables->connection();

        return array_map('intval', $connection->fetchPairs(
            $connection->select()
                ->from($this->tables->outbox(), ['entity_type', 'highest' => 'MAX(entity_id)'])
                ->group('entity_type')
        ));
    }

    public function highestId(): int
    {
        $connection = $this->tables->connection();

        return (int) $connection->fetchOne(
            $connection->select()->from($this->tables->outbox(), ['id'])->order('id DESC')->limit(1)
        );
    }

    /**
     * Gives no id up to this one any more, and notes anew what was not delivered yet: its events would be taken for
     * older ones.
     */
    public function continueAbove(int $id): void
    {
        $connection = $this->tables->connection();
        $connection->beginTransaction();
        try {
            // The next id is the one after the highest ever written; the row itself need not stay.
            $placeholder = ['id' => $id, 'pending_key' => null] + $this->rows->captured(
                new CaptureRequest(EventName::CustomerUpserted, 1, 0)
            );
            $connection->insert($this->tables->outbox(), ['state' => OutboxState::Skipped->value] + $placeholder);
            $connection->delete($this->tables->outbox(), ['id = ?' => $id]);
            $this->noteAnew($id);
            $connection->commit();
        } catch (\Throwable $exception) {
            $connection->rollBack();
            throw $exception;
        }
    }

    private function noteAnew(int $upTo): void
    {
        $connection = $this->tables->connection();
        $states = array_map(static fn (OutboxState $state): string => $state->value, OutboxState::unfinished());
        $unfinished = $connection->fetchAll(
            $connection->select()
                ->from($this->tables->outbox())
                ->where('id < ?', $upTo)
                ->where('state IN (?)', $states)
                ->order('id ASC')
        );
        foreach ($unfinished as $row) {
            $entry = $this->rows->entry($row);
            $connection->delete($this->tables->outbox(), ['id = ?' => $entry->event->sequence]);
            $request = new CaptureRequest($entry->event->name, $entry->event->entityId, $entry->storeId, true);
            $connection->insertOnDuplicate($this->tables->outbox(), $this->rows->captured($request), ['is_forced']);
        }
    }

    /**
     * @param array<int, array<string, mixed>> $rows
     * @param array<string, mixed> $changes
     */
    private function mark(array $rows, array $changes): void
    {
        if ($rows === []) {
            return;
        }
        $this->tables->connection()->update(
            $this->tables->outbox(),
            ['attempts' => 0, 'next_attempt_at' => null] + $changes,
            [
                'id IN (?)' => array_map('intval', array_column($rows, 'id')),
                'state = ?' => OutboxState::Delivered->value,
                'claim_token IS NULL',
            ]
        );
    }
}
