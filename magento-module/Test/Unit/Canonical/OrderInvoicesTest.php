<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Canonical;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use Byte8\SageAccounting\Test\Recorded\RecordedEventBuilder;
use Byte8\SageAccounting\Test\Recorded\RecordedFile;
use PHPUnit\Framework\TestCase;

/**
 * Which invoices the event of a credit memo contains, and as of which time.
 */
class OrderInvoicesTest extends TestCase
{
    private const MEMO = 3;

    public function testEveryInvoiceOfTheOrderIsListedInContractOrder(): void
    {
        self::assertSame([
            [
                'entity_id' => 1217,
                'increment_id' => '000000551',
                'state' => 2,
                'created_at' => '2026-11-21 18:40:30',
                'local_date' => '2026-11-21',
                'grand_total' => '36.6100',
                'order_item_ids' => [4492, 4493],
            ],
            [
                'entity_id' => 1218,
                'increment_id' => '000000552',
                'state' => 2,
                'created_at' => '2026-11-21 18:40:30',
                'local_date' => '2026-11-21',
                'grand_total' => '43.7800',
                'order_item_ids' => [4492, 4493],
            ],
        ], GoldenRows::builtEvent('cm_multi_invoice_order', self::MEMO)['order_invoices']);
    }

    public function testOnlyPricedRowsAreNamed(): void
    {
        $event = GoldenRows::builtEvent('type_configurable', self::MEMO);
        $priced = array_column($event['creditmemo']['items'], 'order_item_id');

        self::assertNotSame([], array_intersect($priced, $event['order_invoices'][0]['order_item_ids']));
        self::assertCount(1, GoldenRows::builtEvent('type_configurable', 1)['invoice']['items']);
        self::assertCount(1, $event['order_invoices'][0]['order_item_ids']);
    }

    public function testOldestComesFirstWhateverTheFilesOrder(): void
    {
        $invoices = $this->orderInvoices(static function (array &$document): void {
            $document['events'][1]['invoice']['created_at'] = '2026-06-30 23:30:00';
            $document['events'][2]['invoice']['created_at'] = '2026-06-29 09:00:00';
        });

        self::assertSame([1218, 1217], array_column($invoices, 'entity_id'));
        self::assertSame(['2026-06-29', '2026-07-01'], array_column($invoices, 'local_date'));
    }

    public function testStateIsThatOfTheLastRecordedEventBefore(): void
    {
        $invoices = $this->orderInvoices(static function (array &$document): void {
            [$placed, $first, $second, $memo] = $document['events'];
            $cancelled = $first;
            $cancelled['event'] = 'invoice.cancelled';
            $cancelled['invoice']['state'] = '3';
            $cancelledLater = $second;
            $cancelledLater['invoice']['state'] = '3';
            $document['events'] = [$placed, $first, $cancelled, $memo, $cancelledLater];
        });

        self::assertSame([1217], array_column($invoices, 'entity_id'));
        self::assertSame([3], array_column($invoices, 'state'));
    }

    public function testInvoicesOfOtherOrdersAndLaterOnesStayOut(): void
    {
        $invoices = $this->orderInvoices(static function (array &$document): void {
            $document['events'][2]['invoice']['order_id'] = '4711';
        });

        self::assertSame([1217], array_column($invoices, 'entity_id'));
    }

    public function testMemoWithoutAnyInvoiceShownHasAnEmptyList(): void
    {
        $invoices = $this->orderInvoices(static function (array &$document): void {
            unset($document['events'][1]['invoice'], $document['events'][2]['invoice']);
        });

        self::assertSame([], $invoices);
    }

    /**
     * @return array<string, array{\Closure, string}> damage to the file, what is said about the memo
     */
    public static function damages(): array
    {
        return [
            'order unknown' => [static function (array &$document): void {
                unset($document['events'][1]['invoice']['order_id']);
            }, 'events[3] needs events[1].invoice.order_id: missing'],
            'no object' => [static function (array &$document): void {
                $document['events'][1]['invoice'] = 'x';
            }, 'events[3] needs events[1].invoice: expected an object'],
            'items missing' => [static function (array &$document): void {
                unset($document['events'][2]['invoice_items']);
            }, 'events[3] needs events[2].invoice_items: missing'],
            'item of another order' => [static function (array &$document): void {
                $document['events'][2]['invoice_items'][0]['order_item_id'] = '1';
            }, 'events[3] needs events[2].invoice_items[0].order_item_id: no order item has the item_id 1'],
            'broken date' => [static function (array &$document): void {
                $document['events'][1]['invoice']['created_at'] = 'x';
            }, 'events[3] needs events[1].invoice.created_at: expected a UTC date'],
            'memo without its order' => [static function (array &$document): void {
                unset($document['events'][3]['creditmemo']['order_id']);
            }, 'events[3].creditmemo.order_id: missing'],
        ];
    }

    /**
     * @dataProvider damages
     */
    public function testDamagedInvoiceIsNamed(\Closure $damage, string $said): void
    {
        $this->expectException(CanonicalDataException::class);
        $this->expectExceptionMessage($said);

        $this->orderInvoices($damage);
    }

    public function testInvoicesThemselvesCarryNoSuchList(): void
    {
        self::assertArrayNotHasKey('order_invoices', GoldenRows::builtEvent('cm_multi_invoice_order', 1));
        self::assertArrayNotHasKey('order_invoices', GoldenRows::builtEvent('inv_open_then_paid', 2));
    }

    /**
     * @return array<int, array<string, mixed>>
     */
    private function orderInvoices(\Closure $change): array
    {
        $file = RecordedFile::fromJson(GoldenRows::changed('cm_multi_invoice_order', $change));
        $built = (string) (new RecordedEventBuilder())->build($file->event(self::MEMO));

        return json_decode($built, true, 512, JSON_THROW_ON_ERROR)['order_invoices'];
    }
}
