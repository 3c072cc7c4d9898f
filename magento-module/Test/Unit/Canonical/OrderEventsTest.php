<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Canonical;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use Byte8\SageAccounting\Test\Recorded\RecordedEventBuilder;
use Byte8\SageAccounting\Test\Recorded\RecordedFile;
use PHPUnit\Framework\TestCase;

/**
 * The events of an order: its block is that of an invoice's order, continued by what makes it a document.
 */
class OrderEventsTest extends TestCase
{
    public function testBlocksStandInTheOrderOfTheContract(): void
    {
        $envelope = [
            'schema', 'event', 'magento_entity_id', 'sequence', 'website_id', 'store_id', 'occurred_at', 'local_date',
        ];
        $parts = ['billing_address', 'shipping_address', 'payment', 'order_tax', 'order_tax_items'];

        self::assertSame(
            [...$envelope, 'order', ...$parts],
            array_keys(GoldenRows::builtEvent('order_cancelled', 0))
        );
        self::assertSame(
            [...$envelope, 'order', 'order_invoices', ...$parts],
            array_keys(GoldenRows::builtEvent('order_cancelled_after_partial', 2))
        );
    }

    public function testBlockBeginsWithTheOrderOfAnInvoiceAndGoesOnWithTheDocument(): void
    {
        $order = GoldenRows::builtEvent('ship_excl_taxed', 0)['order'];
        $ofInvoice = GoldenRows::builtEvent('ship_excl_taxed', 1);

        self::assertSame($ofInvoice['order'], array_slice($order, 0, count($ofInvoice['order']), true));
        self::assertSame(
            [
                'state', 'created_at', 'order_currency_code', 'base_currency_code', 'global_currency_code',
                'base_grand_total', 'subtotal', 'tax_amount', 'discount_amount', 'discount_description',
                'discount_tax_compensation_amount', 'shipping_amount', 'shipping_tax_amount', 'shipping_incl_tax',
                'shipping_discount_tax_compensation_amount', 'customer_balance_amount', 'gift_cards_amount',
                'reward_currency_amount', 'gw_price', 'gw_tax_amount', 'gw_items_price', 'gw_items_tax_amount',
                'gw_card_price', 'gw_card_tax_amount', 'other', 'items',
            ],
            array_slice(array_keys($order), count($ofInvoice['order']))
        );
        self::assertSame('new', $order['state']);
        self::assertSame($ofInvoice['invoice']['grand_total'], $order['grand_total']);
        self::assertSame($ofInvoice['invoice']['subtotal'], $order['subtotal']);
    }

    public function testItemsAreOrderRowsWithTheirQuantities(): void
    {
        $items = GoldenRows::builtEvent('order_cancelled', 1)['order']['items'];

        self::assertSame(
            [
                'item_id', 'product_id', 'sku', 'name', 'product_type', 'qty_ordered', 'qty_invoiced', 'qty_canceled',
                'price', 'price_incl_tax', 'row_total', 'row_total_incl_tax', 'tax_amount', 'discount_amount',
                'discount_tax_compensation_amount', 'weee_tax_applied', 'tax_percent',
            ],
            array_keys($items[0])
        );
        self::assertSame(
            ['2.0000', '0.0000', '2.0000'],
            [$items[0]['qty_ordered'], $items[0]['qty_invoiced'], $items[0]['qty_canceled']]
        );
        self::assertSame(['279', '280'], array_map('strval', array_column($items, 'item_id')));
    }

    public function testRowsWithoutAPriceOfTheirOwnAreLeftOut(): void
    {
        $recorded = json_decode(GoldenRows::text('type_configurable'), true)['events'][0]['order_items'];
        $children = array_column(array_filter($recorded, static fn (array $row): bool =>
            $row['parent_item_id'] !== null), 'item_id');
        $order = GoldenRows::builtEvent('type_configurable', 0)['order'];

        self::assertNotSame([], $children);
        self::assertSame(
            array_values(array_diff(array_column($recorded, 'item_id'), $children)),
            array_map('strval', array_column($order['items'], 'item_id'))
        );
    }

    public function testCanceledOrderHappensWhenItWasChanged(): void
    {
        $file = $this->changed('order_cancelled', static function (array &$document): void {
            $document['events'][1]['order']['updated_at'] = '2026-11-24 09:30:00';
        });
        $event = $this->built($file, 1);

        self::assertSame(['order.canceled', 130, 2], [
            $event['event'],
            $event['magento_entity_id'],
            $event['sequence'],
        ]);
        self::assertSame('2026-11-24T09:30:00Z', $event['occurred_at']);
        self::assertSame('canceled', $event['order']['state']);
        self::assertSame('2026-11-21T18:23:14Z', $this->built($file, 0)['occurred_at']);
    }

    public function testAllInvoicesOfTheOrderAreNamed(): void
    {
        $file = $this->changed('cm_multi_invoice_order', static function (array &$document): void {
            $document['events'][] = ['event' => 'order.invoiced'] + $document['events'][2];
        });
        $last = count(json_decode($file, true)['events']) - 1;
        $event = $this->built($file, $last);

        self::assertSame('order.invoiced', $event['event']);
        self::assertSame([1217, 1218], array_column($event['order_invoices'], 'entity_id'));
        self::assertArrayNotHasKey('invoice', $event);
        self::assertArrayNotHasKey('order_creditmemos', $event);
    }

    public function testDamagedOrderIsNamed(): void
    {
        $this->expectException(CanonicalDataException::class);
        $this->expectExceptionMessage('events[0].order_items[1].qty_ordered: missing');

        $this->built($this->changed('order_cancelled', static function (array &$document): void {
            unset($document['events'][0]['order_items'][1]['qty_ordered']);
        }), 0);
    }

    private function changed(string $name, \Closure $change): string
    {
        return GoldenRows::changed($name, $change);
    }

    /**
     * @return array<string, mixed>
     */
    private function built(string $file, int $index): array
    {
        $text = (new RecordedEventBuilder())->build(RecordedFile::fromJson($file)->event($index));

        return json_decode((string) $text, true, 512, JSON_THROW_ON_ERROR);
    }
}
