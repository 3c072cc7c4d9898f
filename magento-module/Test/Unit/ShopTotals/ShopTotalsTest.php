<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\ShopTotals;

use Byte8\SageAccounting\Model\Canonical\CanonicalJson;
use Byte8\SageAccounting\Model\Canonical\Magento\StoreTimeZone;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\ShopTotals\DocumentParts;
use Byte8\SageAccounting\Model\ShopTotals\ShopTotals;
use Byte8\SageAccounting\Model\ShopTotals\TotalsRange;
use Byte8\SageAccounting\Model\ShopTotals\TotalsRows;
use Byte8\SageAccounting\Test\Database\RecordedShop;
use Byte8\SageAccounting\Test\Database\TestDatabase;
use Byte8\SageAccounting\Test\Fake\ScopedConfig;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use PHPUnit\Framework\TestCase;

/**
 * The shop's own totals from recorded rows, on a real MariaDB.
 */
class ShopTotalsTest extends TestCase
{
    private const KINDS = ['invoice', 'creditmemo'];

    /** Four for a kind, one for the payments, one for the refunds, and looks at the columns of six tables. */
    private const STATEMENTS = 16;

    private static ?TestDatabase $database = null;

    public static function tearDownAfterClass(): void
    {
        self::$database = null;
    }

    /**
     * @return iterable<string, array{string}>
     */
    public static function recordings(): iterable
    {
        foreach (GoldenRows::names() as $name) {
            if (preg_match('/"(invoice|creditmemo)": *\{/', GoldenRows::text($name)) === 1) {
                yield $name => [$name];
            }
        }
    }

    /**
     * @dataProvider recordings
     */
    public function testTotalsAreThoseOfTheDocuments(string $name): void
    {
        $shop = $this->shop($name);
        $expected = [];
        foreach ($shop->recordedEvents as $place => $event) {
            $shop->setTo($place);
            foreach (self::KINDS as $kind) {
                if (isset($event[$kind])) {
                    $expected[$kind . ' ' . $event[$kind]['entity_id']] = $event[$kind];
                }
            }
        }
        $expected = array_filter($expected, static fn (array $document): bool => (int) $document['state'] !== 3);
        $before = self::$database->adapter->statements;
        $values = $this->totals()->values($this->totals()->range('2026-11-01', '2026-12-01'));
        self::assertLessThanOrEqual(self::STATEMENTS, self::$database->adapter->statements - $before);

        self::assertSame(count($expected), count($values['documents']));
        $sums = [];
        foreach ($expected as $key => $document) {
            $this->sum($sums, (string) strstr($key, ' ', true), $document['grand_total'], $document['tax_amount']);
        }
        $reported = [];
        foreach ($values['documents'] as $document) {
            $this->sum($reported, $document['kind'], $document['total'], $document['tax']);
        }
        self::assertSame($sums, $reported);
        $byRate = [];
        foreach ($values['totals'] as $total) {
            $this->sum($byRate, $total['kind'], bcadd($total['net'], $total['tax'], 4), $total['tax']);
        }
        self::assertSame($this->withoutZeros($sums), $this->withoutZeros($byRate));
    }

    public function testPartsOfADocumentByPercentage(): void
    {
        $this->setToEnd('fpt_taxed');
        $values = $this->totals()->values($this->totals()->range('2026-11-01', '2026-12-01'));
        $rates = array_values(array_unique(array_column($values['totals'], 'rate')));
        self::assertSame(['20'], $rates, 'the fee is taxed');

        $this->setToEnd('cm_adj_both');
        $memo = $this->byRate('creditmemo');
        self::assertSame('-5.2500', $memo['0']['net'], 'adjustments carry no tax');
        self::assertArrayHasKey('20', $memo);

        $this->setToEnd('report_marketplace_order_tax_without_percent');
        self::assertSame(['20'], array_map('strval', array_keys($this->byRate('invoice'))), 'inferred from the tax');
    }

    public function testWhatWasDecidedIsToldByItsCode(): void
    {
        $this->setToEnd('ship_excl_taxed');
        $documents = fn (): array => $this->totals()
            ->values($this->totals()->range('2026-11-01', '2026-12-01'))['documents'];
        [$first] = $documents();
        self::assertSame([], array_intersect_key($first, ['skipped' => 0, 'rejected' => 0]));
        self::assertTrue($first['paid']);

        $row = [
            'entity_type' => 'invoice', 'magento_id' => $first['entity_id'], 'sync_status' => 'skipped',
            'reason_code' => 'store_not_synced',
        ];
        self::$database->adapter->insert('byte8_entity_sync_state', $row);
        self::assertSame('store_not_synced', $documents()[0]['skipped']);

        self::$database->adapter->execute("UPDATE byte8_entity_sync_state SET sync_status = 'failed'");
        self::assertSame('store_not_synced', $documents()[0]['rejected']);

        self::$database->adapter->execute("UPDATE byte8_entity_sync_state SET run_id = 'r1'");
        self::assertArrayNotHasKey('rejected', $documents()[0], 'the relay knows it');
    }

    public function testCanceledInvoicesAreLeftOut(): void
    {
        $this->setToEnd('inv_open_cancelled');
        $values = $this->totals()->values($this->totals()->range('2026-11-01', '2026-12-01'));
        $states = self::$database->adapter->fetchPairs('SELECT entity_id, state FROM sales_invoice');
        self::assertContains('3', array_map('strval', $states));
        foreach ($values['documents'] as $document) {
            self::assertNotSame('3', (string) $states[$document['entity_id']]);
        }
    }

    public function testDaysAreThoseOfTheShopAndTheReportIsComplete(): void
    {
        $this->setToEnd('ship_excl_taxed');
        self::$database->adapter->execute(
            "UPDATE sales_invoice SET created_at = '2026-11-22 04:59:59', updated_at = '2026-11-22 04:59:59'"
        );
        $totals = $this->totals('America/New_York');
        self::assertSame([], $totals->values($totals->range('2026-11-22', '2026-11-22'))['documents']);
        self::assertSame([
            'schema' => '1',
            'from' => '2026-11-21',
            'to' => '2026-11-21',
            'time_zone' => 'America/New_York',
            'totals' => [[
                'day' => '2026-11-21', 'kind' => 'invoice', 'currency' => 'GBP', 'rate' => '20',
                'net' => '29.9900', 'tax' => '6.0000', 'count' => 1,
            ]],
            'payments' => [[
                'day' => '2026-11-21', 'currency' => 'GBP', 'method' => 'checkmo', 'amount' => '35.9900', 'count' => 1,
            ]],
            'refunds' => [],
            'documents' => [[
                'kind' => 'invoice', 'entity_id' => 33, 'increment_id' => '000000033', 'day' => '2026-11-21',
                'currency' => 'GBP', 'total' => '35.9900', 'tax' => '6.0000', 'paid' => true,
            ]],
        ], $totals->values($totals->range('2026-11-21', '2026-11-21')));
    }

    public function testAPaymentCountsOnTheDayOfItsEvent(): void
    {
        $this->setToEnd('ship_excl_taxed');
        self::$database->adapter->execute("UPDATE sales_invoice SET created_at = '2026-11-01 12:00:00', "
            . "updated_at = '2026-11-25 12:00:00'");
        $days = fn (): array => array_column(
            $this->totals()->values($this->totals()->range('2026-11-01', '2026-11-30'))['payments'],
            'day'
        );
        self::assertSame(['2026-11-01'], $days(), 'never captured');
        self::$database->adapter->execute('DELETE FROM byte8_event_outbox');
        self::$database->adapter->insert('byte8_event_outbox', [
            'event_name' => 'invoice.paid', 'entity_type' => 'invoice', 'entity_id' => 33, 'store_id' => 1,
            'idempotency_key' => 'invoice.paid:33', 'state' => 'delivered', 'created_at' => '2026-11-10 12:00:00',
        ]);
        self::assertSame(['2026-11-10'], $days(), 'its text was cleaned up');
        self::$database->adapter->execute(
            "UPDATE byte8_event_outbox SET event_json = '{\"a\":1,\"local_date\":\"2026-11-09\",\"b\":2}'"
        );
        self::assertSame(['2026-11-09'], $days());
        self::$database->adapter->execute('DELETE FROM byte8_event_outbox');
    }

    public function testWhatAGiftCardPaidIsPartOfTheDocumentAndAPayment(): void
    {
        $this->setToEnd('ship_excl_taxed');
        self::$database->adapter->execute('ALTER TABLE sales_invoice ADD gift_cards_amount DECIMAL(20,4)');
        self::$database->adapter->execute('UPDATE sales_invoice SET gift_cards_amount = 10, grand_total = 25.99');
        $values = $this->totals()->values($this->totals()->range('2026-11-01', '2026-12-01'));
        self::assertSame('35.9900', $values['documents'][0]['total']);
        self::assertSame('29.9900', $values['totals'][0]['net']);
        self::assertSame(
            ['checkmo' => '25.9900', 'gift_cards_amount' => '10.0000'],
            array_column($values['payments'], 'amount', 'method')
        );
    }

    public function testAMemoOfAPaidInvoiceIsARefundAndOneOfAnUnpaidInvoiceIsNot(): void
    {
        $this->setToEnd('cm_adj_both');
        $memo = self::$database->adapter->fetchRow('SELECT * FROM sales_creditmemo');
        $refunds = fn (): array => $this->totals()
            ->values($this->totals()->range('2026-11-01', '2026-12-01'))['refunds'];
        self::assertSame(
            [['currency' => 'GBP', 'method' => 'checkmo', 'amount' => $memo['grand_total'], 'count' => 1]],
            array_map(static fn (array $row): array => array_diff_key($row, ['day' => '']), $refunds())
        );
        self::$database->adapter->execute('UPDATE sales_creditmemo SET invoice_id = NULL');
        self::assertCount(1, $refunds(), 'made from the order');
        self::$database->adapter->execute('UPDATE sales_invoice SET state = 1');
        self::assertSame([], $refunds(), 'set off');
    }

    public function testRangesAreThoseOfReports(): void
    {
        $zone = new \DateTimeZone('Europe/London');
        $range = TotalsRange::of('2026-10-01', '2026-12-01', $zone);
        $shown = static fn (TotalsRange $part): string => $part->from . ' ' . $part->to;
        self::assertSame(['2026-10-01 2026-10-31', '2026-11-01 2026-12-01'], array_map($shown, $range->parts()));
        self::assertFalse($range->fitsInOneReport());
        self::assertSame('2026-09-30 23:00:00', $range->beginning(), 'summer time');
        self::assertSame('2026-12-02 00:00:00', $range->end());
        foreach ([['2026-11-31', '2026-12-01'], ['2026-11-02', '2026-11-01'], ['', '2026-11-01']] as [$from, $to]) {
            try {
                TotalsRange::of($from, $to, $zone);
                self::fail('nonsense must be refused');
            } catch (\InvalidArgumentException $exception) {
                self::assertNotSame('', $exception->getMessage());
            }
        }
    }

    private function setToEnd(string $name): void
    {
        $shop = $this->shop($name);
        foreach (array_keys($shop->recordedEvents) as $place) {
            $shop->setTo($place);
        }
    }

    /**
     * @return array<int|string, array<string, int|string>>
     */
    private function byRate(string $kind): array
    {
        $values = $this->totals()->values($this->totals()->range('2026-11-01', '2026-12-01'));

        return array_column(array_filter(
            $values['totals'],
            static fn (array $total): bool => $total['kind'] === $kind
        ), null, 'rate');
    }

    /**
     * @param array<string, array{string, string}> $sums
     */
    private function sum(array &$sums, string $kind, string $total, string $tax): void
    {
        $known = $sums[$kind] ?? ['0', '0'];
        $sums[$kind] = [bcadd($known[0], $total, 4), bcadd($known[1], $tax, 4)];
        ksort($sums);
    }

    /**
     * @param array<string, array{string, string}> $sums
     * @return array<string, array{string, string}>
     */
    private function withoutZeros(array $sums): array
    {
        return array_filter($sums, static fn (array $sum): bool => $sum !== ['0.0000', '0.0000']);
    }

    private function shop(string $name): RecordedShop
    {
        self::$database ??= TestDatabase::fresh();

        return new RecordedShop(self::$database, $name);
    }

    private function totals(string $zone = 'Europe/London'): ShopTotals
    {
        return new ShopTotals(
            new TotalsRows(self::$database->tables),
            new DocumentParts(new PricedRowRule()),
            new StoreTimeZone(new ScopedConfig(['general/locale/timezone' => ['' => $zone]])),
            new CanonicalJson()
        );
    }
}
