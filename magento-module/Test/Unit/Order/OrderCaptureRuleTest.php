<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Order;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Byte8\SageAccounting\Model\Order\OrderCaptureRule;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use PHPUnit\Framework\TestCase;

/**
 * What an order is by its state and quantities, and which save of it is an event.
 */
class OrderCaptureRuleTest extends TestCase
{
    private const PLACED = EventName::OrderPlaced;
    private const INVOICED = EventName::OrderInvoiced;
    private const CANCELED = EventName::OrderCanceled;

    /**
     * @return array<string, array{string, array<int, array<string, ?string>>, ?EventName}>
     */
    public static function orders(): array
    {
        $item = static fn (string $ordered, ?string $invoiced, ?string $canceled, array $more = []): array => $more + [
            'item_id' => '1', 'parent_item_id' => null, 'product_options' => '{}', 'qty_ordered' => $ordered,
            'qty_invoiced' => $invoiced, 'qty_canceled' => $canceled,
        ];
        $second = ['item_id' => '2'];
        $child = ['item_id' => '2', 'parent_item_id' => '1'];

        return [
            'new' => ['new', [$item('2.0000', '0.0000', '0.0000')], self::PLACED],
            'no quantities yet' => ['new', [$item('2.0000', null, null)], self::PLACED],
            'waits for its payment' => ['pending_payment', [$item('2.0000', '0.0000', '0.0000')], self::PLACED],
            'invoiced in part' => ['processing', [$item('2.0000', '1.0000', '0.0000')], self::PLACED],
            'less than one left' => ['processing', [$item('1.0000', '0.9999', '0.0000')], self::PLACED],
            'one row left' => [
                'processing',
                [$item('2.0000', '2.0000', '0.0000'), $item('1.0000', '0.0000', '0.0000', $second)],
                self::PLACED,
            ],
            'invoiced in full' => ['processing', [$item('2.0000', '2.0000', '0.0000')], self::INVOICED],
            'invoiced in full and refunded' => ['closed', [$item('2.0000', '2.0000', '0.0000')], self::INVOICED],
            'invoiced, the rest canceled' => ['processing', [$item('3.0000', '2.0000', '1.0000')], self::INVOICED],
            'one row invoiced, one canceled' => [
                'complete',
                [$item('2.0000', '2.0000', '0.0000'), $item('1.0000', '0.0000', '1.0000', $second)],
                self::INVOICED,
            ],
            'a row without a price is not invoiced' => [
                'processing',
                [$item('2.0000', '2.0000', '0.0000'), $item('2.0000', '0.0000', '0.0000', $child)],
                self::INVOICED,
            ],
            'the price is on the children' => [
                'processing',
                [
                    $item('1.0000', '1.0000', '0.0000', ['product_options' => '{"product_calculations":0}']),
                    $item('2.0000', '0.0000', '0.0000', $child),
                ],
                self::PLACED,
            ],
            'canceled' => ['canceled', [$item('2.0000', '0.0000', '2.0000')], self::CANCELED],
            'every row canceled, the order not' => ['processing', [$item('2.0000', '0.0000', '2.0000')], null],
            'no items' => ['new', [], null],
            'damaged items are for the builder to name' => ['complete', [$item('x', '0', '0', $child)], self::PLACED],
        ];
    }

    /**
     * @param array<int, array<string, ?string>> $items
     * @dataProvider orders
     */
    public function testStateAndQuantitiesTellWhatTheOrderIs(string $state, array $items, ?EventName $expected): void
    {
        $rows = array_map(static fn (array $columns): Row => new Row($columns, 'item'), $items);

        self::assertSame($expected, $this->rule()->described($state, $rows));
    }

    /**
     * @return array<string, array{bool, ?EventName, ?EventName, EventName[]}>
     */
    public static function saves(): array
    {
        return [
            'new' => [true, null, self::PLACED, [self::PLACED]],
            'new and invoiced' => [true, null, self::INVOICED, [self::INVOICED]],
            'new and canceled' => [true, null, self::CANCELED, []],
            'open, touched again' => [false, self::PLACED, self::PLACED, [self::PLACED]],
            'becomes invoiced' => [false, self::PLACED, self::INVOICED, [self::INVOICED]],
            'becomes canceled' => [false, self::PLACED, self::CANCELED, [self::CANCELED]],
            'invoiced long ago, touched again' => [false, self::INVOICED, self::INVOICED, []],
            'canceled long ago, touched again' => [false, self::CANCELED, self::CANCELED, []],
            'an invoice was canceled' => [false, self::INVOICED, self::PLACED, [self::PLACED]],
            'nothing to tell' => [false, self::PLACED, null, []],
        ];
    }

    /**
     * @param EventName[] $expected
     * @dataProvider saves
     */
    public function testOnlyAChangeOrAnOpenOrderIsAnEvent(
        bool $isNew,
        ?EventName $loaded,
        ?EventName $now,
        array $expected
    ): void {
        self::assertSame($expected, $this->rule()->eventsOf($isNew, $loaded, $now));
    }

    /**
     * @return array<string, array{string, int, EventName}>
     */
    public static function recorded(): array
    {
        return [
            'placed' => ['order_cancelled', 0, self::PLACED],
            'canceled' => ['order_cancelled', 1, self::CANCELED],
            'invoiced in part' => ['order_cancelled_after_partial', 1, self::PLACED],
            'the rest canceled after that' => ['order_cancelled_after_partial', 2, self::INVOICED],
            'bundle, placed' => ['type_bundle_dynamic', 0, self::PLACED],
            'bundle, invoiced' => ['type_bundle_dynamic', 1, self::INVOICED],
        ];
    }

    /**
     * @dataProvider recorded
     */
    public function testOrdersOfARealMagento(string $name, int $index, EventName $expected): void
    {
        $event = json_decode(GoldenRows::text($name), true, 512, JSON_THROW_ON_ERROR)['events'][$index];
        $rows = array_map(static fn (array $columns): Row => new Row($columns, 'item'), $event['order_items']);

        self::assertSame($expected, $this->rule()->described($event['order']['state'], $rows));
    }

    private function rule(): OrderCaptureRule
    {
        return new OrderCaptureRule(new PricedRowRule());
    }
}
