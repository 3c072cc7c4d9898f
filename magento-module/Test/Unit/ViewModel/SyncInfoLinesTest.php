<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\ViewModel;

use Byte8\SageAccounting\Model\Records\OrderDocuments;
use Byte8\SageAccounting\Model\Settings\LiveState;
use Byte8\SageAccounting\Model\SyncState\EntitySyncState;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Fake\FakeAdmin;
use Byte8\SageAccounting\Test\Fake\FakeLocale;
use Byte8\SageAccounting\ViewModel\RecordLinks;
use Byte8\SageAccounting\ViewModel\StatusChip;
use Byte8\SageAccounting\ViewModel\SyncInfoLine;
use Byte8\SageAccounting\ViewModel\SyncInfoLines;
use Magento\Framework\Escaper;

/**
 * What the page of a document says of its parts, and the page of an order of its documents; on a real MariaDB.
 */
class SyncInfoLinesTest extends DatabaseTestCase
{
    private SyncInfoLines $lines;

    private StatusChip $chip;

    protected function setUp(): void
    {
        parent::setUp();
        $columns = ' (entity_id INT PRIMARY KEY, order_id INT, increment_id VARCHAR(50), grand_total DECIMAL(20,4), '
            . 'order_currency_code VARCHAR(3))';
        foreach (['sales_invoice', 'sales_creditmemo'] as $table) {
            $this->database->adapter->execute('CREATE TEMPORARY TABLE ' . $table . $columns);
        }
        $this->chip = new StatusChip(new Escaper(), new LiveState($this->values));
        $this->lines = new SyncInfoLines(
            $this->chip,
            new OrderDocuments($this->database->tables, $this->syncState),
            new RecordLinks(new FakeAdmin()),
            FakeLocale::format()
        );
    }

    public function testAnInvoiceAndItsPaymentAreTwoParts(): void
    {
        $lines = $this->lines->parts(new EntitySyncState('invoice', 1, [
            self::row('document', SyncStatus::Synced),
            self::row('payment', SyncStatus::Failed, reasonCode: 'sage_rejected', reasonMessage: 'Unknown bank.'),
        ]), 'GBP');

        self::assertSame(['Invoice', 'Payment'], array_column($lines, 'name'));
        self::assertSame(['✓In Sage', '!Needs attention'], self::chips($lines));
        self::assertSame([false, true], [$lines[0]->needsAttention(), $lines[1]->needsAttention()]);
        self::assertNull($lines[0]->reason);
        self::assertSame('Sage refused it', $lines[1]->reason?->title);
        self::assertSame('Unknown bank.', $lines[1]->reason?->details);
    }

    /**
     * @dataProvider totals
     */
    public function testTotalsAreComparedWhereATotalWasPromised(
        ?string $expected,
        ?string $inLedger,
        string $shown
    ): void {
        $row = self::row('document', SyncStatus::Synced, expectedTotal: $expected, ledgerTotal: $inLedger);

        self::assertSame($shown, $this->lines->parts(new EntitySyncState('invoice', 1, [$row]), 'GBP')[0]->total);
    }

    /**
     * @return array<string, array{?string, ?string, string}>
     */
    public static function totals(): array
    {
        return [
            'equal' => ['60.0000', '60.00', '£60.00'],
            'different' => ['60.0000', '59.9900', '£60.00 in Magento, £59.99 in Sage'],
            'not answered yet' => ['60.0000', null, '£60.00'],
            'the end of an order promises none' => [null, '60.0000', ''],
        ];
    }

    public function testAnOrderIsOneLineWithWhatBecameOfItInTheEnd(): void
    {
        self::assertSame([], $this->lines->parts(new EntitySyncState('order', 1), 'GBP'));
        $placed = new SyncStateRow('order', 1, 'document', SyncStatus::Synced, ledgerReference: 'SE-1');
        $canceled = new SyncStateRow('order', 1, 'cancellation', SyncStatus::Synced);
        $lines = $this->lines->parts(new EntitySyncState('order', 1, [$placed, $canceled]), 'GBP');
        self::assertSame(['✓Canceled'], self::chips($lines));
        self::assertNull($lines[0]->row?->ledgerReference, 'the estimate is gone');

        $failed = new SyncStateRow('order', 1, 'cancellation', SyncStatus::Failed, reasonCode: 'sage_rejected');
        $lines = $this->lines->parts(new EntitySyncState('order', 1, [$placed, $failed]), 'GBP');
        self::assertSame('sage_rejected', $lines[0]->reason?->code);
    }

    public function testAnOrderShowsItsDocuments(): void
    {
        $adapter = $this->database->adapter;
        $adapter->execute("INSERT INTO sales_invoice VALUES (5, 9, '000000005', 60, 'GBP'), "
            . "(6, 9, '000000006', 12, 'GBP'), (7, 8, '000000007', 1, 'GBP')");
        $adapter->execute("INSERT INTO sales_creditmemo VALUES (5, 9, '000000002', 10, 'EUR')");
        $this->syncState->record(
            self::row('document', SyncStatus::Synced, 5, expectedTotal: '60.0000', ledgerTotal: '60.0000'),
            self::row('payment', SyncStatus::Failed, 5, reasonCode: 'sage_rejected')
        );
        $this->syncState->hold('creditmemo', 5, HoldMode::Hold, 'pat');
        $lines = $this->lines->documents(9);

        self::assertSame(
            ['Invoice 000000005', 'Invoice 000000006', 'Credit Memo 000000002'],
            array_column($lines, 'name')
        );
        self::assertSame(['£60.00', '£12.00', '€10.00'], array_column($lines, 'total'));
        self::assertSame(['✓In Sage !Payment: Needs attention', '—', '‖On hold'], self::chips($lines));
        self::assertSame('sage_rejected', $lines[0]->reason?->code);
        self::assertStringContainsString('sales/invoice/view?invoice_id=5', (string) $lines[0]->url);
        self::assertSame([], $this->lines->documents(10));
    }

    public function testAGridCountsTheDocumentsOfAnOrder(): void
    {
        $state = static fn (string $type, int $id, SyncStatus ...$statuses): EntitySyncState => new EntitySyncState(
            $type,
            $id,
            array_map(static fn (SyncStatus $status): SyncStateRow => new SyncStateRow(
                $type,
                $id,
                'document',
                $status
            ), $statuses)
        );
        $chips = $this->chip->ofDocuments([
            $state('invoice', 1, SyncStatus::Synced, SyncStatus::Skipped),
            $state('invoice', 2, SyncStatus::Synced),
            $state('creditmemo', 1, SyncStatus::Synced, SyncStatus::Failed),
            $state('creditmemo', 2),
            new EntitySyncState('creditmemo', 3, [self::row('cancellation', SyncStatus::Synced)]),
        ]);

        self::assertSame('✓2 Invoices: In Sage !Credit Memo: Needs attention', strip_tags($chips));
        self::assertSame('', $this->chip->ofDocuments([]));
    }

    /**
     * @param SyncInfoLine[] $lines
     * @return string[]
     */
    private static function chips(array $lines): array
    {
        return array_map(static fn (SyncInfoLine $line): string => strip_tags($line->chips), $lines);
    }

    private static function row(string $aspect, SyncStatus $status, int $id = 1, ?string ...$more): SyncStateRow
    {
        return new SyncStateRow('invoice', $id, $aspect, $status, ...$more);
    }
}
