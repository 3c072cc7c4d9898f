<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Magento\Framework\DB\Select;

/**
 * Health figures from the tables. Runs on every page of the admin, so every query uses an index and has a limit.
 */
class HealthRows
{
    /** The count stops here. */
    public const MOST = 1000;

    private const NEEDS_PERSON = [SyncStatus::Failed, SyncStatus::Review];
    private const NOT_HELD = 'hold.magento_id IS NULL';

    public function __construct(private readonly SalesTables $tables)
    {
    }

    /**
     * Documents that this shop, the relay or the ledger rejected or dead-lettered, and that are not on hold.
     *
     * @return int at most MOST
     */
    public function needsPerson(): int
    {
        $statuses = array_map(static fn (SyncStatus $status): string => $status->value, self::NEEDS_PERSON);
        $select = $this->tables->connection()->select()
            ->from(['shown' => $this->tables->syncState()], ['id'])
            ->joinLeft(['hold' => $this->tables->hold()], $this->same('hold', 'magento_id', 'shown', 'magento_id'), [])
            ->where(self::NOT_HELD)
            ->where('shown.sync_status IN (?)', $statuses)
            ->limit(self::MOST);
        $shown = $this->number($select);
        if ($shown === self::MOST) {
            return $shown;
        }
        $other = $this->tables->connection()->quoteInto('shown.sync_status IN (?)', $statuses);
        $select = $this->tables->connection()->select()
            ->from(['entry' => $this->tables->outbox()], ['id'])
            ->joinLeft(
                ['shown' => $this->tables->syncState()],
                $this->same('shown', 'magento_id', 'entry', 'entity_id') . ' AND ' . $other,
                []
            )
            ->joinLeft(['hold' => $this->tables->hold()], $this->same('hold', 'magento_id', 'entry', 'entity_id'), [])
            ->where(self::NOT_HELD)
            ->where('shown.magento_id IS NULL')
            ->where('entry.state IN (?)', [OutboxState::Dead->value, OutboxState::Rejected->value])
            ->limit(self::MOST);

        return min(self::MOST, $shown + $this->number($select));
    }

    /**
     * Since when the oldest of them needs attention, UTC as in the database; null if unknown.
     */
    public function needsPersonSince(): ?string
    {
        $since = array_filter(array_map($this->oldest(...), self::NEEDS_PERSON));

        return $since === [] ? null : min($since);
    }

    /**
     * The oldest of the documents that were delivered before an instant and have no result: since when; null for none.
     */
    public function oldestUnanswered(\DateTimeImmutable $before): ?string
    {
        $delivered = $this->same('entry', 'entity_id', 'shown', 'magento_id') . ' AND entry.run_id = shown.run_id AND '
            . $this->tables->connection()->quoteInto('entry.state = ?', OutboxState::Delivered->value);
        $oldest = $this->tables->connection()->fetchOne(
            $this->tables->connection()->select()
                ->from(['shown' => $this->tables->syncState()], ['updated_at'])
                ->join(['entry' => $this->tables->outbox()], $delivered, [])
                ->where('shown.sync_status = ?', SyncStatus::Pending->value)
                ->where('shown.updated_at < ?', $before->format('Y-m-d H:i:s'))
                ->order('shown.updated_at ASC')
                ->limit(1)
        );

        return is_string($oldest) ? $oldest : null;
    }

    /**
     * When the next failed delivery is retried, UTC as in the database; null for none.
     */
    public function nextAttempt(): ?string
    {
        $next = $this->tables->connection()->fetchOne(
            $this->tables->connection()->select()
                ->from($this->tables->outbox(), ['next' => 'MIN(next_attempt_at)'])
                ->where('state = ?', OutboxState::Failed->value)
        );

        return is_string($next) ? $next : null;
    }

    private function oldest(SyncStatus $status): ?string
    {
        $oldest = $this->tables->connection()->fetchOne(
            $this->tables->connection()->select()
                ->from($this->tables->syncState(), ['oldest' => 'MIN(updated_at)'])
                ->where('sync_status = ?', $status->value)
        );

        return is_string($oldest) ? $oldest : null;
    }

    private function number(Select $select): int
    {
        return count($this->tables->connection()->fetchCol($select));
    }

    private function same(string $one, string $oneId, string $other, string $otherId): string
    {
        return sprintf('%1$s.entity_type = %3$s.entity_type AND %1$s.%2$s = %3$s.%4$s', $one, $oneId, $other, $otherId);
    }
}
