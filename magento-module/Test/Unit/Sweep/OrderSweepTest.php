<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Sweep;

use Byte8\SageAccounting\Model\Backfill\Backfill;
use Byte8\SageAccounting\Model\Backfill\BackfillFilter;
use Byte8\SageAccounting\Model\Backfill\BackfillRows;
use Byte8\SageAccounting\Model\Backfill\EntityEvents;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\Magento\SalesRowReader;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Order\OrderCaptureRule;
use Byte8\SageAccounting\Model\Order\OrderItemRows;
use Byte8\SageAccounting\Model\Outbox\InvoiceCaptureRule;
use Byte8\SageAccounting\Model\Outbox\OutboxRecord;
use Byte8\SageAccounting\Model\Outbox\Resync;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Model\Sweep\ChangedOrders;
use Byte8\SageAccounting\Model\Sweep\OrderSweep;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Magento\Framework\App\ResourceConnection;

/**
 * Orders that no observer captured, and those from before the setting, on a real MariaDB.
 */
class OrderSweepTest extends DatabaseTestCase
{
    private const ON = '{"policy":{"sync_estimates":true}}';

    private OrderSweep $sweep;

    private Backfill $backfill;

    protected function setUp(): void
    {
        parent::setUp();
        $this->database->adapter->execute(
            'CREATE TABLE sales_order (entity_id INT UNSIGNED PRIMARY KEY, store_id SMALLINT NULL, state VARCHAR(32), '
            . 'created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, '
            . 'updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)'
        );
        $this->database->adapter->execute(
            'CREATE TABLE sales_order_item (item_id INT UNSIGNED PRIMARY KEY AUTO_INCREMENT, order_id INT UNSIGNED, '
            . 'parent_item_id INT UNSIGNED NULL, product_options TEXT NULL, qty_ordered DECIMAL(12,4), '
            . 'qty_invoiced DECIMAL(12,4), qty_canceled DECIMAL(12,4))'
        );
        $items = new OrderItemRows(new SalesRowReader($this->database->tables));
        $rule = new OrderCaptureRule(new PricedRowRule());
        $this->sweep = new OrderSweep(
            new OrderSetting($this->values),
            new ChangedOrders($this->database->tables),
            $items,
            $rule,
            $this->store,
            $this->values,
            $this->clock
        );
        $this->backfill = new Backfill(
            new BackfillRows($this->database->tables, new ResourceConnection($this->database->adapter)),
            new EntityEvents(new InvoiceCaptureRule(), $rule, $items),
            $this->store,
            new Resync($this->store, $this->editor, $this->syncState),
            $this->values
        );
    }

    public function testOrdersBeforeTheSettingAreLeftAlone(): void
    {
        $this->order(1, 'new', '2026-11-21 11:00:00');
        self::assertSame(0, $this->sweepLater('+0 minutes'), 'the settings do not ask for orders');
        OrderSetting::store($this->values, self::ON);
        self::assertSame(0, $this->sweepLater('+0 minutes'));
        $this->order(2, 'new', '2026-11-21 12:10:00');

        self::assertSame(1, $this->sweepLater('+1 hour'));
        self::assertSame(['order.placed:2'], $this->keys());
        self::assertSame(0, $this->sweepLater('+1 hour'));
    }

    public function testSwitchingOffAndOnBeginsAnew(): void
    {
        OrderSetting::store($this->values, self::ON);
        $this->sweepLater('+0 minutes');
        OrderSetting::store($this->values, '{}');
        $this->order(2, 'new', '2026-11-21 12:10:00');
        $this->sweepLater('+1 hour');
        OrderSetting::store($this->values, self::ON);
        $this->sweepLater('+0 minutes');

        self::assertSame(0, $this->sweepLater('+1 hour'));
        self::assertSame([], $this->keys());
    }

    public function testOnlyTheEndOfAnOrderThatWasCapturedIsMissed(): void
    {
        OrderSetting::store($this->values, self::ON);
        $this->sweepLater('+0 minutes');
        foreach ([1 => 'new', 2 => 'processing', 3 => 'canceled', 4 => 'complete', 5 => 'canceled'] as $id => $state) {
            $this->order($id, $state, '2026-11-21 12:10:00', in_array($id, [2, 4], true) ? '2.0000' : '0.0000');
        }
        foreach ([1, 2, 3] as $id) {
            $this->captured(EventName::OrderPlaced, $id);
        }
        $this->database->adapter->update('byte8_event_outbox', ['created_at' => '2026-11-21 12:10:00']);

        self::assertSame(2, $this->sweepLater('+1 hour'));
        self::assertSame(
            ['order.canceled:3', 'order.invoiced:2', 'order.placed:1', 'order.placed:2', 'order.placed:3'],
            $this->keys()
        );
        self::assertSame(0, $this->sweepLater('+0 minutes'));
    }

    public function testOrderThatWasChangedLaterIsCapturedAgain(): void
    {
        OrderSetting::store($this->values, self::ON);
        $this->sweepLater('+0 minutes');
        $this->order(1, 'processing', '2026-11-21 12:10:00');
        $this->stored(EventName::OrderPlaced, 1, self::plan('{}'));
        $this->database->adapter->update('byte8_event_outbox', ['created_at' => '2026-11-21 12:05:00']);

        self::assertSame(1, $this->sweepLater('+1 hour'));
        self::assertSame(['order.placed:1', 'order.placed:1'], $this->keys());
    }

    public function testManyChangedInTheSameSecondAreAllSeen(): void
    {
        OrderSetting::store($this->values, self::ON);
        $this->sweepLater('+0 minutes');
        foreach (range(1, 1201) as $id) {
            $this->order($id, 'new', '2026-11-21 12:10:00');
        }
        self::assertSame([500, 500, 201, 0], [
            $this->sweepLater('+1 hour'),
            $this->sweepLater('+0 minutes'),
            $this->sweepLater('+0 minutes'),
            $this->sweepLater('+0 minutes'),
        ]);
    }

    public function testDamagedOrderDoesNotHoldUpTheOthers(): void
    {
        OrderSetting::store($this->values, self::ON);
        $this->sweepLater('+0 minutes');
        $this->order(1, 'new', '2026-11-21 12:10:00');
        $this->database->adapter->update('sales_order_item', ['parent_item_id' => 4711]);
        $this->order(2, 'new', '2026-11-21 12:10:00');

        self::assertSame(2, $this->sweepLater('+1 hour'));
    }

    public function testBackfillTakesOpenOrdersAndResendsWhateverAnOrderIs(): void
    {
        $this->order(1, 'new', '2020-01-01 00:00:00');
        $this->order(2, 'complete', '2020-01-01 00:00:00', '2.0000');
        $this->order(3, 'canceled', '2020-01-01 00:00:00');
        $this->order(4, 'processing', '2020-01-01 00:00:00', '1.0000');

        self::assertSame(2, $this->backfill->run('order', new BackfillFilter(), [], false, false, 'intval'));
        self::assertSame(['order.placed:1', 'order.placed:4'], $this->keys());
        self::assertSame(1, $this->backfill->count('order', new BackfillFilter(state: 'canceled'), false));
        self::assertSame(2, $this->backfill->run('order', new BackfillFilter([2, 3]), [], true, false, 'intval'));
        self::assertSame(
            ['order.canceled:3', 'order.invoiced:2', 'order.placed:1', 'order.placed:4'],
            $this->keys()
        );
    }

    private function sweepLater(string $later): int
    {
        $this->clock->now = $this->clock->now->modify($later);

        return $this->sweep->run($this->clock->now->modify('-2 minutes')->format('Y-m-d H:i:s'));
    }

    private function order(int $id, string $state, string $instant, string $invoiced = '0.0000'): void
    {
        $this->database->adapter->insert('sales_order', [
            'entity_id' => $id,
            'store_id' => 1,
            'state' => $state,
            'created_at' => $instant,
            'updated_at' => $instant,
        ]);
        $this->database->adapter->insert('sales_order_item', [
            'order_id' => $id,
            'qty_ordered' => '2.0000',
            'qty_invoiced' => $invoiced,
            'qty_canceled' => '0.0000',
        ]);
    }

    /**
     * @return string[]
     */
    private function keys(): array
    {
        $keys = array_map(
            static fn (OutboxRecord $record): string => $record->entry->event->key(),
            $this->editor->list([], 2000)
        );
        sort($keys);

        return $keys;
    }
}
