<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Observer;

use Byte8\SageAccounting\Model\AfterResponse;
use Byte8\SageAccounting\Model\ModuleConfig;
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
        $run->expects(self::exactly(2))->method('runFor')->withConsecutive(['invoice', 7], ['creditmemo', 7]);
        $config = new ModuleConfig(new FakeScopeConfig([self::SWITCH => '1']));
        $logger = new CollectingLogger();

        $invoice = new TranslateInvoiceAfterCommit($run, new AfterResponse(), $config, $logger);
        $invoice->execute(new Observer(['invoice' => $this->document(['entity_id' => 3])]));
        $memo = new TranslateCreditMemoAfterCommit($run, new AfterResponse(), $config, $logger);
        $memo->execute(new Observer(['creditmemo' => $this->document(['entity_id' => 3])]));
    }

    public function testOrderPlacedInThisRequestIsLeftToCron(): void
    {
        $run = $this->createMock(TranslationRun::class);
        $run->expects(self::never())->method('runFor');
        $config = new ModuleConfig(new FakeScopeConfig([self::SWITCH => '1']));
        $observer = new TranslateInvoiceAfterCommit($run, new AfterResponse(), $config, new CollectingLogger());

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
        $observer = new TranslateInvoiceAfterCommit($run, new AfterResponse(), $config, new CollectingLogger());

        $observer->execute(new Observer(['invoice' => $this->document(['entity_id' => 3])]));
    }

    public function testFailureIsLoggedAndNothingElse(): void
    {
        $run = $this->createMock(TranslationRun::class);
        $run->method('runFor')->willThrowException(new \TypeError('oops'));
        $logger = new CollectingLogger();
        $config = new ModuleConfig(new FakeScopeConfig([self::SWITCH => '1']));
        $observer = new TranslateInvoiceAfterCommit($run, new AfterResponse(), $config, $logger);
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
        $observer = new TranslateInvoiceAfterCommit($run, $late, $config, $logger);
        $observer->execute(new Observer(['invoice' => $this->document(['entity_id' => 3])]));

        self::assertSame([1, []], [count($late->work), $logger->messages]);
        $late->work[0]();
        self::assertStringContainsString('oops', implode(' ', $logger->messages));
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
