<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Observer;

use Byte8\SageAccounting\Model\Canonical\Magento\SalesRowReader;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Order\OrderCaptureRule;
use Byte8\SageAccounting\Model\Order\OrderItemRows;
use Byte8\SageAccounting\Model\Outbox\OutboxRecord;
use Byte8\SageAccounting\Model\Outbox\SafeCapture;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Model\Status\CaptureFailure;
use Byte8\SageAccounting\Observer\CaptureOrder;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Fake\ArrayCache;
use Byte8\SageAccounting\Test\Fake\CollectingLogger;
use Magento\Framework\Event\Observer;
use Magento\Framework\Model\AbstractModel;

/**
 * Which save of an order is captured, on a real MariaDB.
 */
class CaptureOrderTest extends DatabaseTestCase
{
    private CollectingLogger $logger;

    private CaptureOrder $observer;

    protected function setUp(): void
    {
        parent::setUp();
        $this->database->adapter->execute(
            'CREATE TABLE sales_order_item (item_id INT UNSIGNED PRIMARY KEY, order_id INT UNSIGNED, '
            . 'parent_item_id INT UNSIGNED NULL, product_options TEXT NULL, qty_ordered DECIMAL(12,4), '
            . 'qty_invoiced DECIMAL(12,4), qty_canceled DECIMAL(12,4))'
        );
        OrderSetting::store($this->values, '{"policy":{"sync_estimates":true}}');
        $this->logger = new CollectingLogger();
        $this->observer = new CaptureOrder(
            new SafeCapture($this->store, new CaptureFailure(new ArrayCache(), $this->clock), $this->logger),
            new OrderSetting($this->values),
            new OrderItemRows(new SalesRowReader($this->database->tables)),
            new OrderCaptureRule(new PricedRowRule())
        );
    }

    public function testNewOrderIsCapturedOnceWhileItWaits(): void
    {
        $this->item('0.0000');
        $this->save([], 'new');
        $this->save([], 'new');

        self::assertSame(['order.placed:9'], $this->keys());
        self::assertSame(4, $this->editor->list([], 10)[0]->entry->storeId);
        self::assertSame([], $this->logger->messages);
    }

    public function testOrderOfACheckoutThatInvoicesIsOnlyInvoiced(): void
    {
        $this->item('2.0000');
        $this->save([], 'processing', [['item_id' => null]]);

        self::assertSame(['order.invoiced:9'], $this->keys());
    }

    public function testOrderBecomesInvoicedWhenItsModelsSaySo(): void
    {
        $this->item('2.0000');
        $this->save(['state' => 'new'], 'processing', [['item_id' => '1', 'qty_invoiced' => '1.0000']]);
        self::assertSame(['order.invoiced:9'], $this->keys());
    }

    public function testShipmentOrCommentOfAnInvoicedOrderIsNoEvent(): void
    {
        $this->item('2.0000');
        $this->save(['state' => 'processing'], 'complete', [['item_id' => '1', 'qty_invoiced' => '2.0000']]);
        $this->save(['state' => 'complete'], 'complete');

        self::assertSame([], $this->keys());
    }

    public function testOrderBecomesCanceledOnce(): void
    {
        $this->item('0.0000', '2.0000');
        $this->save([], 'canceled');
        self::assertSame([], $this->keys(), 'nobody has seen it open');

        $before = [['item_id' => '1', 'qty_canceled' => '0.0000']];
        $this->save(['state' => 'new'], 'canceled', $before);
        $this->save(['state' => 'canceled'], 'canceled', $before);
        self::assertSame(['order.canceled:9'], $this->keys());
    }

    public function testNothingIsCapturedUnlessTheSettingsAskForIt(): void
    {
        $this->item('0.0000');
        foreach (['{}', '{"policy":[]}', '{"policy":{"sync_estimates":false}}', '{"policy":"x"}'] as $settings) {
            OrderSetting::store($this->values, $settings);
            $this->save([], 'new');
        }
        OrderSetting::forget($this->values);
        $before = $this->database->adapter->statements;
        $this->save([], 'new');

        self::assertSame(2, $this->database->adapter->statements - $before, 'the answer, and the missing settings');
        self::assertSame([], $this->keys());
    }

    public function testFailureIsLoggedAndSwallowed(): void
    {
        $this->database->adapter->execute('DROP TABLE sales_order_item');
        $this->save([], 'new');
        $this->observer->execute(new Observer(['object' => 'text']));

        self::assertCount(2, $this->logger->messages);
        self::assertSame([], $this->keys());
    }

    private function item(string $invoiced, string $canceled = '0.0000'): void
    {
        $this->database->adapter->insert('sales_order_item', [
            'item_id' => 1,
            'order_id' => 9,
            'qty_ordered' => '2.0000',
            'qty_invoiced' => $invoiced,
            'qty_canceled' => $canceled,
        ]);
    }

    /**
     * @param array<string, string> $loaded columns the order was loaded with, none for a new one
     * @param array<int, array<string, ?string>> $loadedItems columns its items were loaded with
     */
    private function save(array $loaded, string $state, array $loadedItems = []): void
    {
        $order = new AbstractModel([
            'entity_id' => '9',
            'store_id' => '4',
            'state' => $state,
            'items' => array_map(
                static fn (array $columns): AbstractModel => new AbstractModel([], $columns),
                $loadedItems
            ),
        ], $loaded === [] ? [] : $loaded + ['entity_id' => '9']);
        $this->observer->execute(new Observer(['object' => $order]));
    }

    /**
     * @return string[]
     */
    private function keys(): array
    {
        return array_map(
            static fn (OutboxRecord $record): string => $record->entry->event->key(),
            $this->editor->list([], 10)
        );
    }
}
