<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Delivery;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Delivery\DeliveryReport;
use Byte8\SageAccounting\Model\Delivery\DeliveryRun;
use Byte8\SageAccounting\Model\Delivery\DeliverySettlement;
use Byte8\SageAccounting\Model\Delivery\RetrySchedule;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxEntry;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\SyncState\FeedPull;
use Byte8\SageAccounting\Model\SyncState\SyncStateRecorder;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FixedClock;
use Byte8\SageAccounting\Test\Fake\InMemoryOutboxStore;
use Byte8\SageAccounting\Test\Fake\InMemorySyncStateStore;
use PHPUnit\Framework\TestCase;

/**
 * The next state for each response of the relay, and that only the frozen bytes are ever sent.
 */
class DeliveryRunTest extends TestCase
{
    private InMemoryOutboxStore $store;

    private InMemorySyncStateStore $mirror;

    private FakeRelay $relay;

    private FixedClock $clock;

    protected function setUp(): void
    {
        $this->store = new InMemoryOutboxStore();
        $this->mirror = new InMemorySyncStateStore();
        $this->relay = new FakeRelay();
        $this->clock = new FixedClock();
    }

    public function testFrozenBytesAreSentAndTheRunIsRemembered(): void
    {
        $plan = $this->ready(33);
        $report = $this->deliver();

        self::assertSame([[$plan]], $this->relay->requests);
        self::assertSame([1, 0, 0], [$report->delivered, $report->postponed, $report->dead]);
        self::assertSame(OutboxState::Delivered, $this->store->entries[1]->state);
        self::assertSame(['run-invoice.created:33', null], [
            $this->store->entries[1]->runId,
            $this->store->entries[1]->claimToken,
        ]);
        self::assertSame(SyncStatus::Pending, $this->mirror->rows['invoice:33:document']->status);
    }

    /**
     * @return iterable<string, array{int, bool}>
     */
    public static function statuses(): iterable
    {
        foreach ([0, 401, 408, 425, 429, 500, 502, 503, 504] as $status) {
            yield 'again after ' . $status => [$status, true];
        }
        foreach ([400, 403, 404, 405, 409, 410, 413, 415, 422] as $status) {
            yield 'given up after ' . $status => [$status, false];
        }
    }

    /**
     * @dataProvider statuses
     */
    public function testStatusDecidesWhetherItIsTriedAgain(int $status, bool $again): void
    {
        $this->ready(33);
        $this->relay->answer = static fn () => throw new RelayException('some_code', 'said so', $status, '/p', 600);
        $report = $this->deliver();
        $entry = $this->store->entries[1];

        self::assertSame($again ? OutboxState::Failed : OutboxState::Dead, $entry->state);
        self::assertSame(['some_code', '/p', 'said so', 1], [
            $entry->reasonCode,
            $entry->reasonPointer,
            $entry->reasonMessage,
            $entry->attempts,
        ]);
        self::assertNotSame('', $entry->reasonSuggestion);
        self::assertSame($again, $report->stoppedBy !== null);
        self::assertSame($again ? '2026-11-21T12:10:00Z' : null, $entry->nextAttemptAt?->format('Y-m-d\TH:i:s\Z'));
        self::assertSame(
            $again ? SyncStatus::Pending : SyncStatus::Failed,
            $this->mirror->rows['invoice:33:document']->status
        );
    }

    public function testRelayThatIsDownStopsTheRunAndEverythingFlowsAfterwards(): void
    {
        foreach (range(1, 240) as $id) {
            $this->ready($id);
        }
        $this->relay->answer = static fn () => throw RelayException::unreachable('refused');
        $report = $this->deliver();
        self::assertCount(1, $this->relay->requests);
        self::assertSame([0, 200], [$report->delivered, $report->postponed]);

        $this->relay->answer = null;
        $this->relay->requests = [];
        $this->clock->now = $this->clock->now->modify('+2 minutes');
        self::assertSame(240, $this->deliver()->delivered);
        self::assertSame(
            array_fill(1, 240, OutboxState::Delivered),
            array_map(static fn (OutboxEntry $entry): OutboxState => $entry->state, $this->store->entries)
        );
        $sent = array_merge(...$this->relay->requests);
        self::assertSame([240, 240], [count($sent), count(array_unique($sent))]);
    }

    public function testBackfillHasItsOwnRequestsAndGoesLast(): void
    {
        $old = $this->ready(1, true);
        $today = [$this->ready(2), $this->ready(3)];
        $this->deliver();

        self::assertSame([$today, [$old]], $this->relay->requests);
        self::assertSame([false, true], $this->relay->backfills);
    }

    public function testOneBadRowDoesNotDoomTheOthersOfItsRequest(): void
    {
        $this->ready(1);
        $bad = $this->ready(2);
        $this->ready(3);
        $this->relay->answer = static fn (array $plans): array => in_array($bad, $plans, true)
            ? throw new RelayException('body_too_large', 'HTTP 413', 413)
            : array_map(static fn (string $plan): array => FakeRelay::result($plan, 'accepted'), $plans);
        $report = $this->deliver();

        self::assertSame([2, 1], [$report->delivered, $report->dead]);
        self::assertSame(OutboxState::Dead, $this->store->entries[2]->state);
    }

    /**
     * @return iterable<string, array{array<string, ?string>, OutboxState, string}>
     */
    public static function results(): iterable
    {
        $key = ['key' => 'invoice.created:33'];
        yield 'replayed' => [$key + ['status' => 'replayed', 'run_id' => 'r'], OutboxState::Delivered, ''];
        yield 'superseded' => [$key + ['status' => 'superseded'], OutboxState::Delivered, 'superseded'];
        yield 'conflict' => [$key + ['status' => 'conflict'], OutboxState::Dead, 'conflict'];
        yield 'invalid' => [
            ['key' => null, 'status' => 'invalid', 'code' => 'plan_malformed', 'pointer' => '/steps'],
            OutboxState::Dead,
            'plan_malformed',
        ];
        yield 'a word of tomorrow' => [$key + ['status' => 'dreamt'], OutboxState::Failed, 'relay_answer_unreadable'];
        yield 'about another row' => [
            ['key' => 'invoice.created:34', 'status' => 'accepted'],
            OutboxState::Failed,
            'relay_answer_unreadable',
        ];
    }

    /**
     * @dataProvider results
     * @param array<string, ?string> $result
     */
    public function testResultOfAPlanDecidesItsRow(array $result, OutboxState $state, string $code): void
    {
        $this->ready(33);
        $this->relay->answer = static fn (): array => [$result];
        $this->deliver();

        self::assertSame([$state, $code], [$this->store->entries[1]->state, $this->store->entries[1]->reasonCode]);
    }

    public function testAShopThatIsRefusedKeepsItsRowsAndItsAttempts(): void
    {
        $this->ready(33);
        $this->ready(34);
        $this->relay->answer = static fn () => throw new RelayException('other_installation', 'HTTP 409', 409);
        $report = $this->deliver();
        self::assertSame([0, 2, 0], [$report->delivered, $report->postponed, $report->dead]);
        self::assertSame('other_installation', $report->stoppedBy?->errorCode);
        self::assertCount(1, $this->relay->requests, 'one request, not one for each row');
        for ($minute = 0; $minute < 60; $minute++) {
            $this->clock->now = $this->clock->now->modify('+2 minutes');
            $this->deliver();
        }
        foreach ($this->store->entries as $entry) {
            self::assertSame([OutboxState::Failed, 0], [$entry->state, $entry->attempts]);
            self::assertStringContainsString('--disconnect', $entry->reasonSuggestion);
        }
    }

    public function testAnIdThatWasUsedAgainIsExplained(): void
    {
        $this->ready(33);
        $this->relay->answer = static fn (): array => [[
            'key' => 'invoice.created:33', 'status' => 'conflict', 'code' => 'id_used_again', 'run_id' => 'run-9',
            'pointer' => '/number', 'detail' => 'The other one is 000000012 of 2026-11-20.',
        ]];
        $this->deliver();
        $entry = $this->store->entries[1];

        self::assertSame(
            [OutboxState::Dead, 'id_used_again', '/number'],
            [$entry->state, $entry->reasonCode, $entry->reasonPointer]
        );
        self::assertStringContainsString('id of another document', $entry->reasonMessage);
        self::assertStringContainsString('000000012 of 2026-11-20', $entry->reasonMessage);
        self::assertStringContainsString('runs:set-aside run-9', $entry->reasonSuggestion);
        self::assertStringContainsString('cancel this document', $entry->reasonSuggestion);
    }

    public function testTheNextAttemptIsSaidWithItsTime(): void
    {
        $this->ready(33);
        $this->relay->answer = static fn () => throw RelayException::unreachable('refused');
        $this->deliver();

        self::assertStringContainsString(
            'The next attempt is at 2026-11-21 12:01 UTC.',
            $this->store->entries[1]->reasonSuggestion
        );
    }

    public function testAClockThatGoesBackStrandsNothing(): void
    {
        $this->ready(33);
        $this->relay->answer = static fn () => throw new RelayException('x', 'later', 503, '', 24 * 3600);
        $this->deliver();
        $this->relay->answer = null;
        self::assertSame(0, $this->deliver()->delivered);

        $this->clock->now = $this->clock->now->modify('-1 hour');
        self::assertSame(1, $this->deliver()->delivered);
    }

    public function testPlanThatIsNotTheOneDecidedIsNeverSent(): void
    {
        $this->ready(33);
        $this->ready(34);
        $entry = $this->store->entries[1];
        $this->store->entries[1] = new OutboxEntry(...['planJson' => '{"key":"x"}'] + get_object_vars($entry));
        $report = $this->deliver();

        self::assertSame([1, 1], [$report->delivered, $report->dead]);
        self::assertSame(DeliveryRun::DAMAGED, $this->store->entries[1]->reasonCode);
        self::assertCount(1, $this->relay->requests[0]);
    }

    public function testWhatTheRelayHadBeforeIsAskedForBecauseTheFeedSaysItOnce(): void
    {
        $this->relay->answer = static fn (array $plans): array => array_map(
            static fn (string $plan): array => FakeRelay::result($plan, 'replayed'),
            $plans
        );
        foreach ([33 => 'succeeded', 34 => 'rejected'] as $id => $state) {
            $key = 'invoice.created:' . $id;
            $this->relay->runs['run-' . $key] = ['key' => $key, 'run_id' => 'run-' . $key, 'status' => $state];
            $this->ready($id);
        }
        $this->ready(35);
        $report = $this->deliver();

        self::assertSame([3, null], [$report->delivered, $report->stoppedBy]);
        self::assertSame([SyncStatus::Synced, SyncStatus::Failed, SyncStatus::Pending], [
            $this->mirror->rows['invoice:33:document']->status,
            $this->mirror->rows['invoice:34:document']->status,
            $this->mirror->rows['invoice:35:document']->status,
        ]);
    }

    public function testRowGivenUpAfterTheLastAttempt(): void
    {
        $this->ready(33);
        $this->relay->answer = static fn () => throw RelayException::unreachable('refused');
        for ($attempt = 1; $attempt <= RetrySchedule::ATTEMPTS; $attempt++) {
            self::assertNotSame(OutboxState::Dead, $this->store->entries[1]->state);
            $this->deliver();
            $this->clock->now = $this->clock->now->modify('+7 hours');
        }

        self::assertSame(OutboxState::Dead, $this->store->entries[1]->state);
        self::assertCount(RetrySchedule::ATTEMPTS, $this->relay->requests);
    }

    private function deliver(): DeliveryReport
    {
        $schedule = new class extends RetrySchedule {
            public function secondsUntilNext(int $attempts, int $retryAfter, int $jitter): ?int
            {
                return parent::secondsUntilNext($attempts, $retryAfter, 0);
            }
        };
        $run = new DeliveryRun(
            $this->store,
            $this->relay,
            new DeliverySettlement($schedule),
            new SyncStateRecorder($this->mirror),
            new FeedPull(
                $this->relay,
                $this->mirror,
                $this->createStub(OutboxEditorInterface::class),
                $this->createStub(KeyValueStoreInterface::class),
                $this->clock
            ),
            $this->clock
        );

        return $run->run($this->clock->now->modify('+1 minute'));
    }

    private function ready(int $id, bool $isBackfill = false): string
    {
        $this->store->capture(new CaptureRequest(EventName::InvoiceCreated, $id, 1, isBackfill: $isBackfill));
        $entry = $this->store->claimForTranslation('t', 1, $this->clock->now)[0];
        $plan = '{"key":"invoice.created:' . $id . '","steps":[]}';
        $this->store->replace($entry, $entry->after(OutboxTransition::Freeze, [
            'planJson' => $plan,
            'contentDigest' => hash('sha256', $plan),
        ])->released());

        return $plan;
    }
}
