<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Records;

use Byte8\SageAccounting\Model\Records\RecentRecords;
use Byte8\SageAccounting\Model\Records\RecordLine;
use Byte8\SageAccounting\Model\Records\RecordNumbers;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStateRows;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Magento\Framework\App\ResourceConnection;

/**
 * The newest records and those that need attention; on a real MariaDB.
 */
class RecentRecordsTest extends DatabaseTestCase
{
    private RecentRecords $records;

    private RecordNumbers $numbers;

    protected function setUp(): void
    {
        parent::setUp();
        $adapter = $this->database->adapter;
        $adapter->execute('CREATE TEMPORARY TABLE sales_invoice '
            . '(entity_id INT PRIMARY KEY, increment_id VARCHAR(50), order_currency_code VARCHAR(3))');
        $adapter->execute("INSERT INTO sales_invoice VALUES (1, '000000001', 'GBP'), (2, '000000002', 'EUR')");
        $adapter->execute('CREATE TEMPORARY TABLE customer_entity (entity_id INT PRIMARY KEY, email VARCHAR(50))');
        $adapter->execute("INSERT INTO customer_entity VALUES (5, 'pat@example.com')");
        $this->records = new RecentRecords(
            $this->database->tables,
            new SyncStateRows(),
            $this->numbers = new RecordNumbers($this->database->tables, new ResourceConnection($adapter))
        );
        $this->state('invoice', 1, SyncStatus::Synced, '2026-11-21 10:00:00');
        $this->state('invoice', 2, SyncStatus::Failed, '2026-11-21 11:00:00');
        $this->state('customer', 5, SyncStatus::Mismatch, '2026-11-21 09:00:00');
        $this->state('invoice', 9, SyncStatus::Review, '2026-11-21 12:00:00');
        $this->state('customer', 5, SyncStatus::Failed, '2026-11-21 13:00:00', 'GBP');
    }

    public function testNewestComeFirstWithTheirNumbers(): void
    {
        self::assertSame(
            ['invoice 9 ""', 'invoice 2 "000000002" EUR', 'invoice 1 "000000001" GBP', 'customer 5 "pat@example.com"'],
            $this->shown($this->records->latest(10))
        );
        self::assertSame(['invoice 9 ""', 'invoice 2 "000000002" EUR'], $this->shown($this->records->latest(2)));
        self::assertSame('2026-11-21 12:00:00', $this->records->latest(1)[0]->updatedAt);
    }

    public function testWhatNeedsAttentionIsListedUnlessItIsOnHold(): void
    {
        $expected = ['invoice 9 ""', 'invoice 2 "000000002" EUR', 'customer 5 "pat@example.com"'];
        self::assertSame($expected, $this->shown($this->records->needAttention(10)));

        $this->syncState->hold('invoice', 2, HoldMode::Hold, 'pat');
        unset($expected[1]);
        self::assertSame(array_values($expected), $this->shown($this->records->needAttention(10)));
    }

    public function testARecordIsFoundByWhatPeopleCallIt(): void
    {
        self::assertSame(2, $this->numbers->idOf('invoice', '000000002'));
        self::assertSame(5, $this->numbers->idOf('customer', 'pat@example.com'));
        self::assertSame(0, $this->numbers->idOf('invoice', '000000003'));
        self::assertSame([], $this->numbers->of('shipment', [1]));
    }

    /**
     * @param RecordLine[] $lines
     * @return string[]
     */
    private function shown(array $lines): array
    {
        return array_map(static fn (RecordLine $line): string => trim(sprintf(
            '%s %d "%s" %s',
            $line->row->entityType,
            $line->row->magentoId,
            $line->number,
            $line->currency
        )), $lines);
    }

    private function state(string $type, int $id, SyncStatus $status, string $at, string $aspect = 'document'): void
    {
        $this->syncState->record(new SyncStateRow($type, $id, $aspect, $status));
        $this->database->adapter->update('byte8_entity_sync_state', ['updated_at' => $at], [
            'entity_type = ?' => $type, 'magento_id = ?' => $id, 'aspect = ?' => $aspect,
        ]);
    }
}
