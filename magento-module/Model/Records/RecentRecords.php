<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Records;

use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Byte8\SageAccounting\Model\SyncState\SyncStateRows;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Magento\Framework\App\ResourceConnection;

/**
 * The newest records of the mirror, with their numbers in Magento.
 */
class RecentRecords
{
    private const NEED_ATTENTION = [SyncStatus::Failed, SyncStatus::Review, SyncStatus::Mismatch];

    private const DOCUMENTS = [
        'invoice' => 'sales_invoice',
        'creditmemo' => 'sales_creditmemo',
        'order' => 'sales_order',
    ];

    /** Table and column of the name of what is no sales document. */
    private const OTHERS = ['customer' => ['customer_entity', 'email'], 'product' => ['catalog_product_entity', 'sku']];

    public function __construct(
        private readonly SalesTables $tables,
        private readonly ResourceConnection $resourceConnection,
        private readonly SyncStateRows $rows
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
            $names[$type] = $this->names((string) $type, array_keys($idsOfType));
        }
        $lines = [];
        foreach ($found as $columns) {
            $name = $names[$columns['entity_type']][(int) $columns['magento_id']] ?? ['', ''];
            $lines[] = new RecordLine($this->rows->row($columns), $name[0], $name[1], (string) $columns['updated_at']);
        }

        return $lines;
    }

    /**
     * @param int[] $ids
     * @return array<int, array{string, string}> number and currency by id
     */
    private function names(string $type, array $ids): array
    {
        if (isset(self::DOCUMENTS[$type])) {
            $connection = $this->tables->connection();
            $table = $this->tables->named(self::DOCUMENTS[$type]);
            $columns = ['entity_id', 'number' => 'increment_id', 'currency' => 'order_currency_code'];
        } elseif (isset(self::OTHERS[$type])) {
            $connection = $this->resourceConnection->getConnection();
            $table = $this->resourceConnection->getTableName(self::OTHERS[$type][0]);
            $columns = ['entity_id', 'number' => self::OTHERS[$type][1]];
        } else {
            return [];
        }
        $names = [];
        $select = $connection->select()->from($table, $columns)->where('entity_id IN (?)', $ids);
        foreach ($connection->fetchAll($select) as $row) {
            $names[(int) $row['entity_id']] = [(string) $row['number'], (string) ($row['currency'] ?? '')];
        }

        return $names;
    }
}
