<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\DryRun;

use Byte8\SageAccounting\Model\Backfill\BackfillRows;
use Byte8\SageAccounting\Model\Backfill\EntityEvents;
use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\Decision;
use Byte8\SageAccounting\Model\Canonical\CanonicalJson;
use Byte8\SageAccounting\Model\Canonical\Magento\SalesRowReader;
use Byte8\SageAccounting\Model\Canonical\Magento\StoreTimeZone;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\DryRun\DryRun;
use Byte8\SageAccounting\Model\DryRun\DryRunLine;
use Byte8\SageAccounting\Model\DryRun\DryRunRange;
use Byte8\SageAccounting\Model\DryRun\DryRunSummary;
use Byte8\SageAccounting\Model\DryRun\RecentDays;
use Byte8\SageAccounting\Model\Order\OrderCaptureRule;
use Byte8\SageAccounting\Model\Order\OrderItemRows;
use Byte8\SageAccounting\Model\Outbox\InvoiceCaptureRule;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FakeTranslator;
use Byte8\SageAccounting\Test\Fake\FakeTranslatorFactory;
use Byte8\SageAccounting\Test\Fake\ScopedConfig;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use Byte8\SageAccounting\Test\Recorded\RecordedEventBuilder;
use Byte8\SageAccounting\Test\Recorded\RecordedFile;
use Magento\Framework\App\ResourceConnection;
use Magento\Store\Api\Data\StoreInterface;
use Magento\Store\Model\StoreManagerInterface;

/**
 * The dry run of the last days, as the relay gets it.
 */
class DryRunRangeTest extends DatabaseTestCase
{
    private const SETTINGS = '{"schema":"1"}';
    private const DOCUMENT = 'entity_id INT, store_id INT, state INT, created_at DATETIME';

    private ScopedConfig $config;

    private bool $hasSettings = true;

    protected function setUp(): void
    {
        parent::setUp();
        $this->config = new ScopedConfig(['general/locale/timezone' => ['' => 'UTC', 3 => 'America/New_York']]);
        foreach (['sales_invoice', 'sales_creditmemo'] as $table) {
            $this->database->adapter->execute('CREATE TEMPORARY TABLE ' . $table . ' (' . self::DOCUMENT . ')');
        }
    }

    public function testDaysAreThoseOfTheDefaultStoreViewUpToYesterday(): void
    {
        // 2026-11-01 has 25 hours in New York.
        $this->clock->now = new \DateTimeImmutable('2026-11-03T03:00:00Z');
        $filters = $this->days()->filters(2);
        self::assertSame(['2026-11-01', '2026-10-31'], array_keys($filters));
        self::assertSame('2026-11-01 04:00:00', $filters['2026-11-01']->from);
        self::assertSame('2026-11-02 05:00:00', $filters['2026-11-01']->to);
        self::assertSame('2026-11-01 04:00:00', $filters['2026-10-31']->to);

        $days = new RecentDays(
            $this->createStub(StoreManagerInterface::class),
            new StoreTimeZone($this->config),
            $this->clock
        );
        self::assertSame('2026-11-02 00:00:00', $days->filters(1)['2026-11-02']->from);
    }

    public function testEventsAreCountedByOutcomeAndProblemsOnce(): void
    {
        $this->invoice(33, '2026-11-20 12:00:00', 2);
        $this->invoice(34, '2026-11-19 12:00:00', 1);
        $this->invoice(35, '2026-11-21 06:00:00', 1);
        $this->invoice(36, '2026-10-19 12:00:00', 1);
        $summary = $this->range(static fn (string $event) => match (json_decode($event, true)['magento_entity_id']) {
            33 => FakeTranslator::reject('tax_rate_not_mapped'),
            default => new Decision(Decision::POST, '', '', '', '', '{"decision":"post","plan":{},"fired":[],'
                . '"warnings":[{"code":"w","pointer":"/a","message":"first"},'
                . '{"code":"w","pointer":"/b","message":"second"}]}'),
        })->run(30);

        self::assertSame(
            [
                'schema' => '1',
                'from' => '2026-10-22',
                'to' => '2026-11-20',
                'settings_digest' => hash('sha256', self::SETTINGS),
                'documents' => [
                    ['event' => 'invoice.created', 'post' => 1, 'skip' => 0, 'reject' => 1],
                    ['event' => 'invoice.paid', 'post' => 0, 'skip' => 0, 'reject' => 1],
                ],
                'totals' => [],
                'problems' => [
                    [
                        'outcome' => 'reject', 'code' => 'tax_rate_not_mapped', 'pointer' => '/x', 'count' => 1,
                        'message' => 'm', 'suggestion' => 's', 'increment_id' => '000000033',
                    ],
                    [
                        'outcome' => 'warning', 'code' => 'w', 'pointer' => '/a', 'count' => 1,
                        'message' => 'first', 'suggestion' => '', 'increment_id' => '000000033',
                    ],
                ],
            ],
            $summary->values()
        );
        self::assertSame([1, 0, 2], array_map($summary->count(...), ['post', 'skip', 'reject']));
        self::assertStringContainsString('"totals":[]', (new CanonicalJson())->encode($summary->values()));
    }

    public function testWhenTheTimeIsUpTheCompleteDaysAreTheResult(): void
    {
        $this->invoice(33, '2026-11-20 12:00:00', 1);
        $this->invoice(34, '2026-11-18 12:00:00', 1);
        $this->invoice(35, '2026-11-18 13:00:00', 1);
        $until = $this->clock->now->modify('+15 seconds');
        $range = $this->range(function (): Decision {
            $this->clock->now = $this->clock->now->modify('+5 seconds');

            return FakeTranslator::post();
        });
        $summary = $range->run(30, $until);
        self::assertSame(['2026-11-19', '2026-11-20'], [$summary->from, $summary->to]);
        self::assertSame(1, $summary->count(Decision::POST));

        $summary = $range->run(30, $this->clock->now);
        self::assertSame('2026-11-19', $summary->from, 'one day at least');
    }

    public function testOrdersCountOnlyWhereTheyAreSent(): void
    {
        $this->database->adapter->execute('CREATE TEMPORARY TABLE sales_order (entity_id INT, store_id INT, '
            . 'state VARCHAR(32), created_at DATETIME)');
        $this->database->adapter->execute('CREATE TEMPORARY TABLE sales_order_item (order_id INT, item_id INT)');
        $this->database->adapter->insert('sales_order', [
            'entity_id' => 130, 'store_id' => 1, 'state' => 'canceled', 'created_at' => '2026-11-20 12:00:00',
        ]);
        $range = $this->range(static fn () => FakeTranslator::skip('estimates_off'));
        self::assertSame([], $range->run(2)->values()['documents']);

        OrderSetting::store($this->values, '{"policy":{"sync_estimates":true}}');
        $documents = $range->run(2)->values()['documents'];
        self::assertSame(['order.canceled'], array_column($documents, 'event'));
    }

    public function testWithoutSettingsThereIsNoDryRun(): void
    {
        $this->hasSettings = false;
        $this->expectException(BridgeException::class);
        $this->range(null)->run(1);
    }

    public function testTextsAreCutAndReadable(): void
    {
        $summary = new DryRunSummary('2026-11-20', '');
        $text = "a\xff" . str_repeat('ö', 2000);
        $summary->add(new DryRunLine('invoice.created:1', '', 'reject', 'c', '', $text, '', '', '', []));
        $message = $summary->values()['problems'][0]['message'];

        self::assertSame(1000, mb_strlen($message, 'UTF-8'));
        self::assertStringStartsWith('a?', $message);
    }

    public function testNetAndTaxAreAddedUpByEventCurrencyAndRate(): void
    {
        $summary = new DryRunSummary('2026-11-20', '');
        $rows = [
            ['1', 'GBP', '10.00', '2.00'], ['2', 'GBP', '0.10', '0.02'], ['3', 'JPY', '500', '100'],
            ['4', 'KWD', '5.125', '1.025'],
        ];
        foreach ($rows as [$id, $currency, $net, $tax]) {
            $vat = [['rate' => 'GB_STANDARD', 'net' => $net, 'tax' => $tax]];
            $summary->add(
                new DryRunLine('invoice.created:' . $id, '', 'post', '', '', '', '', '', $currency, [], $vat)
            );
        }

        self::assertSame([
            [
                'event' => 'invoice.created', 'currency' => 'GBP', 'rate' => 'GB_STANDARD',
                'net' => '10.10', 'tax' => '2.02',
            ],
            [
                'event' => 'invoice.created', 'currency' => 'JPY', 'rate' => 'GB_STANDARD',
                'net' => '500', 'tax' => '100',
            ],
            [
                'event' => 'invoice.created', 'currency' => 'KWD', 'rate' => 'GB_STANDARD',
                'net' => '5.125', 'tax' => '1.025',
            ],
        ], $summary->values()['totals']);
    }

    private function range(?\Closure $answer): DryRunRange
    {
        $translators = new FakeTranslatorFactory(new FakeTranslator($answer));
        $settings = new SettingsRepository($this->values, new FakeRelay(), $translators, $this->clock);
        if ($this->hasSettings) {
            $settings->replaceWith(self::SETTINGS);
        }
        $dryRun = new DryRun(
            new BackfillRows($this->database->tables, new ResourceConnection($this->database->adapter)),
            new EntityEvents(
                new InvoiceCaptureRule(),
                new OrderCaptureRule(new PricedRowRule()),
                new OrderItemRows(new SalesRowReader($this->database->tables))
            ),
            RecordedEventBuilder::assemble(),
            RecordedFile::fromJson(GoldenRows::text('ship_excl_taxed'))->event(1),
            $translators,
            $settings
        );

        return new DryRunRange($dryRun, $this->days(), new OrderSetting($this->values), $settings, $this->clock);
    }

    private function days(): RecentDays
    {
        $store = $this->createStub(StoreInterface::class);
        $store->method('getId')->willReturn(3);
        $stores = $this->createStub(StoreManagerInterface::class);
        $stores->method('getDefaultStoreView')->willReturn($store);

        return new RecentDays($stores, new StoreTimeZone($this->config), $this->clock);
    }

    private function invoice(int $id, string $createdAt, int $state): void
    {
        $this->database->adapter->insert('sales_invoice', [
            'entity_id' => $id, 'store_id' => 1, 'state' => $state, 'created_at' => $createdAt,
        ]);
    }
}
