<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Records;

use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Byte8\SageAccounting\Model\SyncState\SyncStateRows;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;

/**
 * The newest records of the mirror, with their numbers in Magento.
 */
class RecentRecords
{
    private const NEED_ATTENTION = [SyncStatus::Failed, SyncStatus::Review, SyncStatus::Mismatch];

    public function __construct(
        private readonly SalesTables $tables,
        private readonly SyncStateRows $rows,
        private readonly RecordNumbers $numbers
    ) {
    }

    /**
     * Records that need attention and are not on hold, newest first.
     *
     * @return RecordLine[]
     */
    public function needAttention(int $limit): array
    {
        return $this->newest(self::NEED_ATTENTION, $limit);
    }

    /**
     * Records whose status changed last.
     *
     * @return RecordLine[]
     */
    public function latest(int $limit): array
    {
        return $this->newest(SyncStatus::cases(), $limit);
    }

    /**
     * A statement for each status, because the index is by status and time.
     *
     * @param SyncStatus[] $statuses
     * @return RecordLine[]
     */
    private function newest(array $statuses, int $limit): array
    {
        $found = [];
        foreach ($statuses as $status) {
            $select = $this->tables->connection()->select()
                ->from(['shown' => $this->tables->syncState()])
                ->joinLeft(
                    ['hold' => $this->tables->hold()],
                    'hold.entity_type = shown.entity_type AND hold.magento_id = shown.magento_id',
                    []
                )
                ->where('hold.magento_id IS NULL')
                ->where('shown.aspect IN (?)', SyncAspect::OF_DOCUMENTS)
                ->where('shown.sync_status = ?', $status->value)
                ->order('shown.updated_at DESC')
                ->limit($limit);
            array_push($found, ...$this->tables->connection()->fetchAll($select));
        }
        usort($found, static fn (array $one, array $other): int =>
            [$other['updated_at'], (int) $other['id']] <=> [$one['updated_at'], (int) $one['id']]);

        return $this->lines(array_slice($found, 0, $limit));
    }

    /**
     * @param array<int, array<string, mixed>> $found rows of the mirror
     * @return RecordLine[]
     */
    private function lines(array $found): array
    {
        $ids = [];
        foreach ($found as $columns) {
            $ids[$columns['entity_type']][(int) $columns['magento_id']] = true;
        }
        $names = [];
        foreach ($ids as $type => $idsOfType) {
            $names[$type] = $this->numbers->of((string) $type, array_keys($idsOfType));
        }
        $lines = [];
        foreach ($found as $columns) {
            $name = $names[$columns['entity_type']][(int) $columns['magento_id']] ?? ['', ''];
            $lines[] = new RecordLine($this->rows->row($columns), $name[0], $name[1], (string) $columns['updated_at']);
        }

        return $lines;
    }
}
