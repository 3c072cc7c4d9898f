<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Delivery;

use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Delivery\DeliveryAfterSave;
use Byte8\SageAccounting\Model\Delivery\DeliveryRun;
use Byte8\SageAccounting\Model\Delivery\DeliverySettlement;
use Byte8\SageAccounting\Model\Delivery\RetrySchedule;
use Byte8\SageAccounting\Model\ModuleConfig;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition;
use Byte8\SageAccounting\Model\Relay\BindingStatusRepository;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\SyncState\FeedPull;
use Byte8\SageAccounting\Model\SyncState\SyncStateRecorder;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FakeScopeConfig;
use Byte8\SageAccounting\Test\Fake\FixedClock;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;
use Byte8\SageAccounting\Test\Fake\InMemoryKeyValueStore;
use Byte8\SageAccounting\Test\Fake\InMemoryOutboxStore;
use Byte8\SageAccounting\Test\Fake\InMemorySyncStateStore;
use PHPUnit\Framework\TestCase;

/**
 * What is sent in the request of a save, and that everything else is left to cron as if nothing had been tried.
 */
class DeliveryAfterSaveTest extends TestCase
{
    private const ENABLED = 'byte8/sage_accounting/delivery_enabled';

    private InMemoryOutboxStore $store;

    private InMemoryKeyValueStore $values;

    private InMemoryConnectionStore $connections;

    private FakeRelay $relay;

    private FixedClock $clock;

    private BindingStatusRepository $statuses;

    /** @var array<string, string> */
    private array $config = [self::ENABLED => '1'];

    protected function setUp(): void
    {
        $this->store = new InMemoryOutboxStore();
        $this->values = new InMemoryKeyValueStore();
        $this->connections = new InMemoryConnectionStore(new Connection('https://relay.example', 'shop', 'secret'));
        $this->relay = new FakeRelay();
        $this->clock = new FixedClock();
        $this->statuses = new BindingStatusRepository($this->values, $this->relay, $this->clock);
    }

    public function testAllEventsOfTheDocumentGoInOneRequestAndInTheirOrder(): void
    {
        $created = $this->ready(EventName::InvoiceCreated, 33);
        $this->ready(EventName::InvoiceCreated, 34);
        $paid = $this->ready(EventName::InvoicePaid, 33);
        $this->deliver(33);

        self::assertSame([[$created, $paid]], $this->relay->requests);
        self::assertSame(['delivered', 'ready', 'delivered'], $this->states());
    }

    public function testWhatTheRelayDoesNotTakeStaysAsItWas(): void
    {
        $this->ready(EventName::InvoiceCreated, 33);
        $this->ready(EventName::InvoicePaid, 33);
        $before = $this->store->entries;
        foreach ([RelayException::unreachable('too slow'), new RelayException('x', 'HTTP 400', 400)] as $failure) {
            $this->relay->answer = static fn () => throw $failure;
            $this->deliver(33);
            $this->clock->now = $this->clock->now->modify('+1 minute');
        }

        self::assertCount(2, $this->relay->requests);
        self::assertEquals($before, $this->store->entries);
        self::assertSame([], array_filter(
            array_keys($this->values->values),
            static fn (string $name): bool => str_starts_with($name, 'trouble.')
        ), 'nobody is told');
    }

    public function testNothingIsTriedForAMinuteAfterAFailure(): void
    {
        $this->ready(EventName::InvoiceCreated, 33);
        $this->relay->answer = static fn () => throw RelayException::unreachable('too slow');
        $this->deliver(33);
        $this->relay->answer = null;
        $this->clock->now = $this->clock->now->modify('+59 seconds');
        $this->deliver(33);
        self::assertCount(1, $this->relay->requests);

        $this->clock->now = $this->clock->now->modify('+1 second');
        $this->deliver(33);
        self::assertSame(['delivered'], $this->states());
    }

    public function testPauseFromBeforeTheClockWasSetBackIsNone(): void
    {
        $this->ready(EventName::InvoiceCreated, 33);
        $this->relay->answer = static fn () => throw RelayException::unreachable('too slow');
        $this->deliver(33);
        $this->relay->answer = null;
        $this->clock->now = $this->clock->now->modify('-1 day');
        $this->deliver(33);

        self::assertSame(['delivered'], $this->states());
    }

    /**
     * @return iterable<string, array{\Closure(self): void}>
     */
    public static function obstacles(): iterable
    {
        yield 'sending is switched off' => [static function (self $test): void {
            $test->config = [];
        }];
        yield 'no connection' => [static fn (self $test) => $test->connections->forget()];
        yield 'not live' => [static fn (self $test) => $test->settings()->setLive(false)];
        yield 'the relay is recovering' => [static fn (self $test) => $test->statuses->save([
            'state' => 'recovering',
            'recovery' => ['recovery_id' => 'r', 'since' => '2026-11-20T12:00:00Z', 'feed_cursor' => 1],
        ])];
        yield 'the consent is revoked' => [static fn (self $test) => $test->statuses->save([
            'state' => 'token_revoked',
        ])];
    }

    /**
     * @dataProvider obstacles
     * @param \Closure(self): void $obstruct
     */
    public function testNothingIsSentWhile(\Closure $obstruct): void
    {
        $this->ready(EventName::InvoiceCreated, 33);
        $obstruct($this);
        $this->deliver(33);

        self::assertSame([], $this->relay->requests);
        self::assertSame(['ready'], $this->states());
    }

    public function testNothingIsSentWhileCronHasOneOfTheRows(): void
    {
        $this->ready(EventName::InvoiceCreated, 33);
        $this->ready(EventName::InvoicePaid, 33);
        $this->store->claimForDelivery('cron', 1, $this->clock->now());
        $this->deliver(33);

        self::assertSame([], $this->relay->requests);
    }

    private function settings(): SettingsRepository
    {
        return new SettingsRepository(
            $this->values,
            $this->relay,
            $this->createStub(TranslatorFactory::class),
            $this->clock
        );
    }

    private function deliver(int $invoiceId): void
    {
        $mirror = new InMemorySyncStateStore();
        $outbox = $this->createStub(OutboxEditorInterface::class);
        $run = new DeliveryRun(
            $this->store,
            $this->relay,
            new DeliverySettlement(new RetrySchedule()),
            new SyncStateRecorder($mirror),
            new FeedPull($this->relay, $mirror, $outbox, $this->values, $this->clock),
            $this->clock,
            true
        );
        $config = new ModuleConfig(new FakeScopeConfig($this->config));
        $delivery = new DeliveryAfterSave(
            $run,
            $this->settings(),
            $this->connections,
            $this->statuses,
            $config,
            $this->values,
            $this->clock
        );
        $delivery->run('invoice', $invoiceId);
    }

    private function ready(EventName $name, int $id): string
    {
        $this->store->capture(new CaptureRequest($name, $id, 1));
        $entry = $this->store->claimForTranslation('t', 1, $this->clock->now)[0];
        $plan = '{"key":"' . $name->keyFor($id) . '","steps":[]}';
        $this->store->replace($entry, $entry->after(OutboxTransition::Freeze, [
            'planJson' => $plan,
            'contentDigest' => hash('sha256', $plan),
        ])->released());

        return $plan;
    }

    /**
     * @return string[]
     */
    private function states(): array
    {
        return array_values(array_map(
            static fn (object $entry): string => $entry->state->value,
            $this->store->entries
        ));
    }
}
