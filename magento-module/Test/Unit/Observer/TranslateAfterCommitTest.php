<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Observer;

use Byte8\SageAccounting\Model\AfterResponse;
use Byte8\SageAccounting\Model\Delivery\DeliveryAfterSave;
use Byte8\SageAccounting\Model\ModuleConfig;
use Byte8\SageAccounting\Model\Outbox\TranslationReport;
use Byte8\SageAccounting\Model\Outbox\TranslationRun;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Observer\TranslateCreditMemoAfterCommit;
use Byte8\SageAccounting\Observer\TranslateInvoiceAfterCommit;
use Byte8\SageAccounting\Observer\TranslateOrderAfterCommit;
use Byte8\SageAccounting\Test\Fake\CollectingLogger;
use Byte8\SageAccounting\Test\Fake\FakeScopeConfig;
use Byte8\SageAccounting\Test\Fake\InMemoryKeyValueStore;
use Magento\Framework\Event\Observer;
use Magento\Framework\Model\AbstractModel;
use PHPUnit\Framework\TestCase;

/**
 * When a document is translated right after its transaction, and that a failure never reaches the merchant.
 */
class TranslateAfterCommitTest extends TestCase
{
    private const SWITCH = 'byte8/sage_accounting/translate_after_commit';

    public function testDocumentOfAnEarlierOrderIsDecidedAtOnce(): void
    {
        $run = $this->createMock(TranslationRun::class);
        $orders = [];
        $run->method('runFor')->willReturnCallback(static function (string $type, int $orderId) use (&$orders): void {
            $orders[] = [$type, $orderId];
        });
        $config = new ModuleConfig(new FakeScopeConfig([self::SWITCH => '1']));
        $logger = new CollectingLogger();

        $invoice = $this->invoiceObserver($run, new AfterResponse(), $config, $logger);
        $invoice->execute(new Observer(['invoice' => $this->document(['entity_id' => 3])]));
        $memo = new TranslateCreditMemoAfterCommit(
            $run,
            $this->createStub(DeliveryAfterSave::class),
            new AfterResponse(),
            $config,
            $logger
        );
        $memo->execute(new Observer(['creditmemo' => $this->document(['entity_id' => 3])]));
        self::assertSame([['invoice', 7], ['creditmemo', 7]], $orders);
    }

    public function testOrderPlacedInThisRequestIsLeftToCron(): void
    {
        $run = $this->createMock(TranslationRun::class);
        $run->expects(self::never())->method('runFor');
        $config = new ModuleConfig(new FakeScopeConfig([self::SWITCH => '1']));
        $observer = $this->invoiceObserver($run, new AfterResponse(), $config, new CollectingLogger());

        $observer->execute(new Observer(['invoice' => $this->document([])]));
        $observer->execute(new Observer([]));
    }

    public function testOrderIsDecidedAtOnceWhereTheSettingsAskForOrders(): void
    {
        $run = $this->createMock(TranslationRun::class);
        $run->expects(self::once())->method('runFor')->with('order', 3);
        $values = new InMemoryKeyValueStore();
        $observer = new TranslateOrderAfterCommit(
            $run,
            $this->createStub(DeliveryAfterSave::class),
            new AfterResponse(),
            new ModuleConfig(new FakeScopeConfig([self::SWITCH => '1'])),
            new CollectingLogger(),
            new OrderSetting($values)
        );
        $loaded = new AbstractModel(['entity_id' => 3], ['entity_id' => 3]);

        $observer->execute(new Observer(['order' => $loaded]));
        OrderSetting::store($values, '{"policy":{"sync_estimates":true}}');
        $observer->execute(new Observer(['order' => new AbstractModel(['entity_id' => 3])]));
        $observer->execute(new Observer(['order' => $loaded]));
    }

    public function testTheMerchantMaySwitchItOff(): void
    {
        $run = $this->createMock(TranslationRun::class);
        $run->expects(self::never())->method('runFor');
        $config = new ModuleConfig(new FakeScopeConfig());
        $observer = $this->invoiceObserver($run, new AfterResponse(), $config, new CollectingLogger());

        $observer->execute(new Observer(['invoice' => $this->document(['entity_id' => 3])]));
    }

    public function testFailureIsLoggedAndNothingElse(): void
    {
        $run = $this->createMock(TranslationRun::class);
        $run->method('runFor')->willThrowException(new \TypeError('oops'));
        $logger = new CollectingLogger();
        $config = new ModuleConfig(new FakeScopeConfig([self::SWITCH => '1']));
        $observer = $this->invoiceObserver($run, new AfterResponse(), $config, $logger);
        $observer->execute(new Observer(['invoice' => $this->document(['entity_id' => 3])]));

        self::assertStringContainsString('oops', implode(' ', $logger->messages));
    }

    public function testDecisionMayComeLaterAndItsFailureIsLoggedThen(): void
    {
        $late = new class extends AfterResponse {
            /** @var \Closure[] */
            public array $work = [];

            public function perform(\Closure $work): void
            {
                $this->work[] = $work;
            }
        };
        $run = $this->createMock(TranslationRun::class);
        $run->expects(self::once())->method('runFor')->with('invoice', 7)->willThrowException(new \Exception('oops'));
        $logger = new CollectingLogger();
        $config = new ModuleConfig(new FakeScopeConfig([self::SWITCH => '1']));
        $observer = $this->invoiceObserver($run, $late, $config, $logger);
        $observer->execute(new Observer(['invoice' => $this->document(['entity_id' => 3])]));

        self::assertSame([1, []], [count($late->work), $logger->messages]);
        $late->work[0]();
        self::assertStringContainsString('oops', implode(' ', $logger->messages));
    }

    /**
     * @return iterable<string, array{bool}>
     */
    public static function servers(): iterable
    {
        yield 'the response has left' => [true];
        yield 'the merchant waits' => [false];
    }

    /**
     * @dataProvider servers
     */
    public function testDocumentIsSentOnlyWhereNobodyWaitsForIt(bool $isAnswered): void
    {
        $afterResponse = $this->createMock(AfterResponse::class);
        $afterResponse->method('isPossible')->willReturn($isAnswered);
        $afterResponse->method('perform')->willReturnCallback(static fn (\Closure $work) => $work());
        $steps = [];
        $run = $this->createMock(TranslationRun::class);
        $run->method('runFor')->willReturnCallback(static function () use (&$steps): TranslationReport {
            $steps[] = 'translated';

            return new TranslationReport(1);
        });
        $delivery = $this->createMock(DeliveryAfterSave::class);
        $delivery->method('run')->willReturnCallback(static function (string $type, int $id) use (&$steps): void {
            $steps[] = 'sent ' . $type . ' ' . $id;
        });
        $config = new ModuleConfig(new FakeScopeConfig([self::SWITCH => '1']));
        $observer = $this->invoiceObserver($run, $afterResponse, $config, new CollectingLogger(), $delivery);
        $observer->execute(new Observer(['invoice' => $this->document(['entity_id' => 3])]));

        self::assertSame($isAnswered ? ['translated', 'sent invoice 7'] : ['translated'], $steps);
    }

    private function invoiceObserver(
        TranslationRun $run,
        AfterResponse $afterResponse,
        ModuleConfig $config,
        CollectingLogger $logger,
        ?DeliveryAfterSave $delivery = null
    ): TranslateInvoiceAfterCommit {
        $delivery ??= $this->createStub(DeliveryAfterSave::class);

        return new TranslateInvoiceAfterCommit($run, $delivery, $afterResponse, $config, $logger);
    }

    /**
     * @param array<string, int> $loadedOrder values the order was loaded with
     */
    private function document(array $loadedOrder): AbstractModel
    {
        $order = new AbstractModel(['entity_id' => 3], $loadedOrder);

        return new class ($order) extends AbstractModel {
            public function __construct(private readonly AbstractModel $order)
            {
                parent::__construct(['entity_id' => 7]);
            }

            public function getOrder(): AbstractModel
            {
                return $this->order;
            }
        };
    }
}
