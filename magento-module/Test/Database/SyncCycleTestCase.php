<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Database;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Delivery\DeliveryRun;
use Byte8\SageAccounting\Model\Delivery\DeliverySettlement;
use Byte8\SageAccounting\Model\Delivery\RetrySchedule;
use Byte8\SageAccounting\Model\ModuleConfig;
use Byte8\SageAccounting\Model\Outbox\EventTranslation;
use Byte8\SageAccounting\Model\Outbox\OutboxProbe;
use Byte8\SageAccounting\Model\Outbox\TranslationRun;
use Byte8\SageAccounting\Model\Records\RecordActions;
use Byte8\SageAccounting\Model\Records\WantedDocuments;
use Byte8\SageAccounting\Model\Relay\Wishes;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\Status\CaptureFailure;
use Byte8\SageAccounting\Model\Status\Problems;
use Byte8\SageAccounting\Model\Status\StatusReader;
use Byte8\SageAccounting\Model\Status\StatusReport;
use Byte8\SageAccounting\Model\SyncCycle;
use Byte8\SageAccounting\Model\SyncState\FeedPull;
use Byte8\SageAccounting\Model\SyncState\SyncStateRecorder;
use Byte8\SageAccounting\Test\Fake\ArrayCache;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FakeScopeConfig;
use Byte8\SageAccounting\Test\Fake\FakeTranslator;
use Byte8\SageAccounting\Test\Fake\FakeTranslatorFactory;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use Byte8\SageAccounting\Test\Recorded\RecordedEventBuilder;
use Byte8\SageAccounting\Test\Recorded\RecordedFile;

/**
 * The path of an event with a fake relay and a fake core, on a real database.
 */
abstract class SyncCycleTestCase extends DatabaseTestCase
{
    protected FakeRelay $relay;

    protected InMemoryConnectionStore $connections;

    protected FakeTranslatorFactory $translators;

    protected FakeScopeConfig $config;

    protected SettingsRepository $settings;

    protected Problems $problems;

    protected RelayParts $parts;

    protected ArrayCache $cache;

    /** @var array<int, array{string, int[]}> what was queued again because the relay asked for it */
    protected array $queuedAgain = [];

    protected function setUp(): void
    {
        parent::setUp();
        $this->cache = new ArrayCache();
        $this->relay = new FakeRelay();
        $this->relay->settings = '{"schema":"1"}';
        $this->connections = new InMemoryConnectionStore(new Connection('https://relay.example', 'shop', 'secret'));
        $this->translators = new FakeTranslatorFactory(new FakeTranslator(static fn (string $event) =>
            FakeTranslator::post('{"key":"invoice.created:' . json_decode($event, true)['magento_entity_id'] . '"}')));
        $this->config = new FakeScopeConfig(['byte8/sage_accounting/delivery_enabled' => '1']);
        $this->settings = new SettingsRepository($this->values, $this->relay, $this->translators, $this->clock);
        $this->parts = new RelayParts($this->database, $this->relay, $this->connections, $this->clock);
        $this->problems = $this->parts->problems;
        $this->values->set(SyncCycle::LAST_RUN, $this->clock->now()->format(\DATE_ATOM));
        foreach ([33, 34] as $id) {
            $this->captured(EventName::InvoiceCreated, $id);
        }
    }

    protected function assertEverythingArrived(int $events = 2): void
    {
        $this->relay->requests = [];
        $this->runCycle();
        $sent = array_merge([], ...$this->relay->requests);
        self::assertSame(['delivered' => 2], $this->editor->counts());
        self::assertSame([$events, $events], [count($sent), count(array_unique($sent))], 'each once');
        $this->runCycle();
        self::assertCount($events, array_merge([], ...$this->relay->requests), 'and not again');
        self::assertSame([], $this->status()->problems);
    }

    /**
     * @param ?callable(int $translated, int $delivered): void $progress
     * @return array<string, mixed>
     */
    protected function runCycle(?callable $progress = null): array
    {
        $recorder = new SyncStateRecorder($this->syncState);
        $source = RecordedFile::fromJson(GoldenRows::text('ship_excl_taxed'))->event(1);
        $feed = new FeedPull($this->relay, $this->syncState, $this->editor, $this->values, $this->clock);
        $cycle = new SyncCycle(
            $this->store,
            $this->editor,
            $this->parts->handshake(),
            $this->settings,
            $this->wanted(),
            $this->translators,
            new TranslationRun(
                new EventTranslation($this->store, RecordedEventBuilder::assemble(), $source, $recorder),
                $this->translators,
                $this->settings,
                $this->problems,
                $this->clock
            ),
            new DeliveryRun(
                $this->store,
                $this->relay,
                new DeliverySettlement(new RetrySchedule()),
                $recorder,
                $feed,
                $this->clock
            ),
            $feed,
            $this->connections,
            new ModuleConfig($this->config),
            $this->problems,
            $this->values,
            $this->clock
        );

        return $cycle->run($this->clock->now->modify('+1 minute'), $progress);
    }

    private function wanted(): WantedDocuments
    {
        $actions = $this->createStub(RecordActions::class);
        $actions->method('resync')->willReturnCallback(function (string $type, array $ids): int {
            $this->queuedAgain[] = [$type, $ids];

            return count($ids);
        });

        return new WantedDocuments(new Wishes($this->parts->statuses, $this->values, $this->clock), $actions);
    }

    protected function status(): StatusReport
    {
        return (new StatusReader(
            $this->connections,
            new ModuleConfig($this->config),
            $this->translators,
            $this->settings,
            $this->editor,
            new OutboxProbe($this->store, $this->database->tables),
            new CaptureFailure($this->cache, $this->clock),
            $this->syncState,
            $this->parts->health(),
            $this->parts->installation,
            $this->values,
            $this->clock
        ))->read();
    }
}
