<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Observer;

use Byte8\SageAccounting\Model\Outbox\InvoiceCaptureRule;
use Byte8\SageAccounting\Model\Outbox\OutboxEntry;
use Byte8\SageAccounting\Model\Outbox\SafeCapture;
use Byte8\SageAccounting\Model\Status\CaptureFailure;
use Byte8\SageAccounting\Observer\CaptureAddressOwner;
use Byte8\SageAccounting\Observer\CaptureCreditMemo;
use Byte8\SageAccounting\Observer\CaptureCustomer;
use Byte8\SageAccounting\Observer\CaptureInvoice;
use Byte8\SageAccounting\Observer\CaptureProduct;
use Byte8\SageAccounting\Observer\CaptureStockItemOwner;
use Byte8\SageAccounting\Test\Fake\ArrayCache;
use Byte8\SageAccounting\Test\Fake\CollectingLogger;
use Byte8\SageAccounting\Test\Fake\FailingOutboxStore;
use Byte8\SageAccounting\Test\Fake\FixedClock;
use Byte8\SageAccounting\Test\Fake\InMemoryOutboxStore;
use Magento\Customer\Api\Data\CustomerInterface;
use Magento\Framework\DataObject;
use Magento\Framework\DB\Adapter\DeadlockException;
use Magento\Framework\Event\Observer;
use Magento\Framework\Model\AbstractModel;
use PHPUnit\Framework\TestCase;

/**
 * What the observers capture, and that they never break a save, except for a deadlock.
 */
class CaptureObserversTest extends TestCase
{
    private InMemoryOutboxStore $store;

    private CollectingLogger $logger;

    private SafeCapture $capture;

    private ArrayCache $cache;

    private CaptureFailure $failure;

    protected function setUp(): void
    {
        $this->store = new InMemoryOutboxStore();
        $this->logger = new CollectingLogger();
        $this->cache = new ArrayCache();
        $this->failure = new CaptureFailure($this->cache, new FixedClock());
        $this->capture = new SafeCapture($this->store, $this->failure, $this->logger);
    }

    /**
     * @return array<string, array{array<string, mixed>, int, string[]}> loaded values, state now, keys noted
     */
    public static function invoices(): array
    {
        return [
            'new and open' => [[], 1, ['invoice.created:33']],
            'new and paid' => [[], 2, ['invoice.created:33', 'invoice.paid:33']],
            'new and cancelled' => [[], 3, []],
            'open becomes paid' => [['entity_id' => '33', 'state' => '1'], 2, ['invoice.paid:33']],
            'open becomes cancelled' => [['entity_id' => '33', 'state' => '1'], 3, ['invoice.canceled:33']],
            'cancelled, touched again' => [['entity_id' => '33', 'state' => '3'], 3, []],
            'paid long ago, touched again' => [['entity_id' => '33', 'state' => '2'], 2, []],
            'open, touched again' => [['entity_id' => '33', 'state' => '1'], 1, []],
        ];
    }

    /**
     * @param array<string, mixed> $loaded
     * @param string[] $keys
     * @dataProvider invoices
     */
    public function testInvoiceIsNotedWhenItIsNewOrBecomesPaidOrCanceled(array $loaded, int $state, array $keys): void
    {
        $invoice = new AbstractModel(['entity_id' => '33', 'store_id' => '4', 'state' => (string) $state], $loaded);
        $observer = new CaptureInvoice($this->capture, new InvoiceCaptureRule());
        $observer->execute(new Observer(['object' => $invoice]));
        $observer->execute(new Observer(['object' => $invoice]));

        self::assertSame($keys, $this->notedKeys());
        foreach ($this->store->entries as $entry) {
            self::assertSame(4, $entry->storeId);
        }
        self::assertSame([], $this->logger->messages);
    }

    public function testCreditMemoIsNotedWhenItIsNewOrBecomesCanceled(): void
    {
        $observer = new CaptureCreditMemo($this->capture);
        $columns = ['entity_id' => '7', 'store_id' => '1'];
        $observer->execute(new Observer(['object' => new AbstractModel($columns, $columns)]));
        self::assertSame([], $this->notedKeys());

        $observer->execute(new Observer(['object' => new AbstractModel($columns)]));
        self::assertSame(['creditmemo.created:7'], $this->notedKeys());

        $canceled = new AbstractModel(['state' => '3'] + $columns, ['state' => '2'] + $columns);
        $observer->execute(new Observer(['object' => $canceled]));
        self::assertSame(['creditmemo.created:7', 'creditmemo.canceled:7'], $this->notedKeys());
    }

    public function testCustomersAndProductsAreNotedByWhateverOfThemWasSaved(): void
    {
        $customer = new class implements CustomerInterface {
            public function getId()
            {
                return '5';
            }

            public function getStoreId()
            {
                return null;
            }
        };
        (new CaptureCustomer($this->capture))->execute(new Observer(['customer_data_object' => $customer]));
        $rows = [
            [CaptureAddressOwner::class, 'customer_address', ['parent_id' => '6']],
            [CaptureAddressOwner::class, 'customer_address', []],
            [CaptureProduct::class, 'product', ['entity_id' => '8']],
            [CaptureStockItemOwner::class, 'item', ['item_id' => '1', 'product_id' => '8']],
            [CaptureStockItemOwner::class, 'item', ['item_id' => '2', 'product_id' => '9']],
        ];
        foreach ($rows as [$class, $key, $columns]) {
            (new $class($this->capture))->execute(new Observer([$key => new DataObject($columns)]));
        }

        self::assertSame(
            ['customer.upserted:5', 'customer.upserted:6', 'product.upserted:8', 'product.upserted:9'],
            $this->notedKeys()
        );
        self::assertSame([], $this->logger->messages);
    }

    public function testFailureOfTheStoreIsLoggedAndSwallowed(): void
    {
        $this->observeWithStoreFailing(new \RuntimeException('table is gone'));

        self::assertCount(1, $this->logger->messages);
        self::assertStringContainsString('table is gone', $this->logger->messages[0]);
    }

    public function testErrorOfPhpIsLoggedAndSwallowed(): void
    {
        $this->observeWithStoreFailing(new \TypeError('wrong type'));

        self::assertCount(1, $this->logger->messages);
    }

    public function testObjectOfAnUnexpectedKindIsLoggedAndSwallowed(): void
    {
        $observer = new CaptureInvoice($this->capture, new InvoiceCaptureRule());
        foreach ([null, 'text', new \stdClass()] as $object) {
            $observer->execute(new Observer(['object' => $object]));
        }

        self::assertCount(3, $this->logger->messages);
        self::assertSame([], $this->notedKeys());
    }

    public function testTheAdminIsToldAndACacheThatFailsTooChangesNothing(): void
    {
        $this->observeWithStoreFailing(new \PDOException('INSERT command denied'));
        self::assertStringContainsString('INSERT command denied', (string) $this->failure->problem()?->message);

        $this->failure = $this->createStub(CaptureFailure::class);
        $this->failure->method('record')->willThrowException(new \Exception('no cache'));
        $this->observeWithStoreFailing(new \PDOException('INSERT command denied'));
        self::assertCount(3, $this->logger->messages);
    }

    public function testDeadlockPassesThrough(): void
    {
        $this->expectException(DeadlockException::class);

        $this->observeWithStoreFailing(new DeadlockException('1213'));
    }

    private function observeWithStoreFailing(\Throwable $failure): void
    {
        $capture = new SafeCapture(new FailingOutboxStore($failure), $this->failure, $this->logger);
        (new CaptureInvoice($capture, new InvoiceCaptureRule()))->execute(
            new Observer(['object' => new AbstractModel(['entity_id' => '33', 'store_id' => '1', 'state' => '1'])])
        );
    }

    /**
     * @return string[]
     */
    private function notedKeys(): array
    {
        return array_values(array_map(
            static fn (OutboxEntry $entry): string => $entry->event->key(),
            $this->store->entries
        ));
    }
}
