<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Status;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Connection\Pairing;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition as Step;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\Status\Health;
use Byte8\SageAccounting\Model\Status\Problem;
use Byte8\SageAccounting\Model\Status\Problems;
use Byte8\SageAccounting\Model\SyncCycle;
use Byte8\SageAccounting\Model\SyncState\FeedPull;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Database\RelayParts;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;

/**
 * Alarms appear when something is broken, and only then; on a real MariaDB.
 */
class HealthCheckTest extends DatabaseTestCase
{
    private const SENT = [Step::Freeze, Step::StartDelivery, Step::ConfirmDelivery];

    private FakeRelay $relay;

    private InMemoryConnectionStore $connections;

    private RelayParts $parts;

    protected function setUp(): void
    {
        parent::setUp();
        $this->relay = new FakeRelay();
        $this->connections = new InMemoryConnectionStore(new Connection('https://relay.example', 'shop', 'secret'));
        $this->parts = new RelayParts($this->database, $this->relay, $this->connections, $this->clock);
        $this->lastRun('-30 seconds');
        $this->values->set(Pairing::CONNECTED_AT, '2026-01-01T00:00:00+00:00');
        $this->values->set(SettingsRepository::PULLED_AT, '2026-11-21T11:59:00+00:00');
    }

    public function testAllIsWell(): void
    {
        $this->sent(1, '-1 minute');
        $this->relay->binding['waiting'] = 1;
        $this->parts->statuses->pull();
        $health = $this->health();

        self::assertSame([[], [], 0], [$health->alarms, $health->notices, $health->needsPerson]);
    }

    public function testCronThatDoesNotRunIsToldWhetherEventsWaitOrNot(): void
    {
        $this->lastRun('-4 minutes');
        self::assertSame([], $this->health()->alarms);
        $this->lastRun('-6 minutes');
        $alarm = $this->health()->alarms[0];
        self::assertSame(['cron', 'cron_not_running', '2026-11-21T11:54:00+00:00'], [$alarm->area, $alarm->code,
            $alarm->since]);
        self::assertStringContainsString('has stopped running', $alarm->message);
        self::assertStringContainsString('cron:run', $alarm->suggestion);

        $this->connections->connection = null;
        self::assertSame([], $this->health()->alarms);
    }

    public function testAFreshPairingWaitsForItsFirstRun(): void
    {
        $this->values->remove(SyncCycle::LAST_RUN);
        $this->values->set(Pairing::CONNECTED_AT, $this->clock->now()->modify('-2 minutes')->format(\DATE_ATOM));
        self::assertSame([], $this->health()->alarms);

        $this->values->set(Pairing::CONNECTED_AT, $this->clock->now()->modify('-7 minutes')->format(\DATE_ATOM));
        self::assertSame(['cron_not_running'], $this->codes($this->health()->alarms));
        $this->values->remove(Pairing::CONNECTED_AT);
        self::assertSame(['cron_not_running'], $this->codes($this->health()->alarms));
    }

    public function testASetUpThatGoesOnIsNoFault(): void
    {
        $this->values->remove(SettingsRepository::PULLED_AT);
        $this->fails(Problems::TRANSLATION, new RelayException('settings_absent', 'None yet.'));
        $this->fails(Problems::SETTINGS, new RelayException('settings_not_found', 'HTTP 404', 404));
        $health = $this->health();
        self::assertSame([[], ['settings_absent']], [$health->alarms, $this->codes($health->notices)]);
        self::assertStringContainsString('set-up in the ledger', $health->notices[0]->message);

        $this->fails(Problems::RELAY, new RelayException('binding_unknown', 'HTTP 401', 401));
        $health = $this->health();
        self::assertSame([['binding_unknown'], []], [$this->codes($health->alarms), $health->notices]);
        $this->parts->problems->clear(Problems::RELAY);

        $this->connections->connection = null;
        $health = $this->health();
        self::assertSame([[], []], [$health->alarms, $health->notices], 'the status says that it is not connected');
    }

    public function testSettingsThatAreGoneAreAFault(): void
    {
        $this->fails(Problems::SETTINGS, new RelayException('settings_not_found', 'HTTP 404', 404));

        self::assertSame(['settings_not_found'], $this->codes($this->health()->alarms));
    }

    public function testARunInTheFutureSaysNothing(): void
    {
        $this->lastRun('+1 hour');
        $alarm = $this->health()->alarms[0];

        self::assertSame(['cron_not_running', true], [$alarm->code, str_contains($alarm->message, 'not seem')]);
    }

    public function testTheRelaysSilenceIsAnAlarmAfterFiveMinutesThoughItsWordsChange(): void
    {
        $this->fails(Problems::RELAY, RelayException::unreachable('refused'));
        $this->clock->now = $this->clock->now->modify('+4 minutes');
        $this->fails(Problems::RELAY, new RelayException('http_503', 'HTTP 503', 503));
        $this->lastRun('-10 seconds');
        self::assertSame([[], ['http_503']], [$this->health()->alarms, $this->codes($this->health()->notices)]);

        $this->clock->now = $this->clock->now->modify('+2 minutes');
        $this->fails(Problems::RELAY, RelayException::unreachable('refused'));
        $this->fails(Problems::DELIVERY, RelayException::unreachable('refused'));
        $this->lastRun('-10 seconds');
        $health = $this->health();
        self::assertSame(['relay_unreachable'], $this->codes($health->alarms), 'once');
        self::assertSame([], $health->notices);
        self::assertSame('2026-11-21T12:00:00+00:00', $health->alarms[0]->since);
        self::assertStringContainsString('It is tried again every minute.', $health->alarms[0]->suggestion);
    }

    public function testNothingIsTriedByItselfWhileCronIsDead(): void
    {
        $this->fails(Problems::RELAY, RelayException::unreachable('refused'));
        $this->clock->now = $this->clock->now->modify('+10 minutes');
        [$cron, $relay] = $this->health()->alarms;

        self::assertSame(['cron_not_running', 'relay_unreachable'], [$cron->code, $relay->code]);
        self::assertStringNotContainsString('tried again', $relay->suggestion);
    }

    public function testWhatNeedsAPersonIsAnAlarmAtOnce(): void
    {
        $this->fails(Problems::DELIVERY, new RelayException('token_untrusted', 'HTTP 401', 401));

        self::assertSame(['token_untrusted'], $this->codes($this->health()->alarms));
    }

    public function testACopyIsToldWithBothWaysOut(): void
    {
        $this->parts->installation->rememberCurrent();
        $this->parts->facts->baseUrl = 'https://staging.example/';
        self::assertFalse($this->parts->handshake()->begin($this->clock->now()));
        $alarm = $this->health()->alarms[0];

        self::assertSame('This looks like a copy of https://shop.example/. Nothing is sent.', $alarm->message);
        self::assertStringContainsString('--moved', $alarm->suggestion);
        self::assertStringContainsString('--disconnect', $alarm->suggestion);
    }

    public function testDocumentsWithoutAnAnswerAreAnAlarmWithTheReasonOfTheRelay(): void
    {
        $this->sent(1, '-31 minutes');
        self::assertSame(['no_answers'], $this->codes($this->health()->alarms));
        self::assertSame('2026-11-21 11:29:00', $this->health()->oldestUnanswered);
        self::assertSame('2026-11-21T11:29:00+00:00', $this->health()->alarms[0]->since);

        foreach (['sage_unreachable' => 'no route', 'budget_spent' => 'tomorrow'] as $code => $detail) {
            $this->says(['waiting' => 1, 'reason' => ['code' => $code, 'detail' => $detail]]);
            $alarm = $this->health()->alarms[0];
            self::assertSame([$code, true], [$alarm->code, str_contains($alarm->suggestion, $detail)]);
        }
        $this->says(['waiting' => 0, 'reason' => null]);
        self::assertSame(['answers_missing'], $this->codes($this->health()->alarms));
        self::assertStringContainsString('sync-state:backfill', $this->health()->alarms[0]->suggestion);
    }

    public function testThrottlingRecoveringAndProgressAreNoAlarm(): void
    {
        $this->sent(1, '-3 hours');
        $this->says(['waiting' => 900, 'reason' => ['code' => 'sage_throttled', 'detail' => ''],
            'paused_until' => '2026-11-21T12:30:00Z']);
        $health = $this->health();
        self::assertSame([[], ['sage_throttled']], [$health->alarms, $this->codes($health->notices)]);
        self::assertStringContainsString('continues in 31 minutes at most', $health->notices[0]->suggestion);

        $recovery = ['recovery_id' => 'r', 'since' => '2026-11-21T11:00:00Z', 'feed_cursor' => '7', 'offered' => false,
            'documents' => 12, 'open' => 5];
        $this->says(['state' => 'recovering', 'recovery' => $recovery, 'reason' => null]);
        $health = $this->health();
        self::assertSame([[], ['recovering']], [$health->alarms, $this->codes($health->notices)]);
        self::assertStringContainsString('12 documents are sent again, 5', $health->notices[0]->message);

        $this->says(['state' => 'active', 'recovery' => null, 'paused_until' => null]);
        $this->values->set(FeedPull::ANSWERED_AT, $this->clock->now()->modify('-2 minutes')->format(\DATE_ATOM));
        $health = $this->health();
        self::assertSame([[], ['answers_take_time']], [$health->alarms, $this->codes($health->notices)]);
        $this->values->set(FeedPull::ANSWERED_AT, $this->clock->now()->modify('-2 hours')->format(\DATE_ATOM));
        self::assertSame(['no_answers'], $this->codes($this->health()->alarms));
    }

    public function testWhatWasNotDeliveredOrIsHeldBackHasNoAnswerForAReason(): void
    {
        $this->stored(EventName::InvoiceCreated, 1, self::plan('{}'), Step::Freeze);
        $this->captured(EventName::CustomerUpserted, 5);
        $this->syncState->record(new SyncStateRow('customer', 5, 'document', SyncStatus::Pending, runId: 'earlier'));
        $this->database->adapter->update('byte8_entity_sync_state', ['updated_at' => '2026-11-01 00:00:00']);

        self::assertSame([], $this->health()->alarms);
    }

    public function testABindingThatIsNotServedIsAnAlarmAtOnce(): void
    {
        $this->says(['state' => 'token_revoked', 'since' => '2026-11-21T10:00:00Z']);
        $alarm = $this->health()->alarms[0];
        self::assertSame(['token_revoked', '2026-11-21T10:00:00Z'], [$alarm->code, $alarm->since]);
        self::assertStringContainsString('Connect Sage again', $alarm->suggestion);

        $this->says(['state' => 'active', 'reason' => ['code' => 'token_revoked', 'detail' => '']]);
        self::assertSame(['token_revoked'], $this->codes($this->health()->alarms));
        $this->says(['state' => 'subscription_inactive', 'reason' => null]);
        self::assertSame(['subscription_inactive'], $this->codes($this->health()->alarms));
        $this->clock->now = $this->clock->now->modify('+11 minutes');
        $this->lastRun('-1 minute');
        self::assertSame([], $this->health()->alarms, 'an old answer says nothing about now');
    }

    public function testDocumentsThatNeedAPersonAreCountedOnce(): void
    {
        $dead = [Step::Freeze, Step::StartDelivery, Step::DeadLetter];
        foreach ([1, 2] as $id) {
            $this->stored(EventName::InvoiceCreated, $id, self::plan('{}'), ...$dead);
        }
        $this->stored(EventName::InvoiceCreated, 3, [], Step::Reject);
        $this->shown(1, SyncStatus::Failed);
        $this->sent(4, '-1 minute');
        $this->shown(4, SyncStatus::Failed);
        $this->sent(5, '-1 minute');
        $this->shown(5, SyncStatus::Review);
        $this->sent(6, '-1 minute');
        $this->shown(6, SyncStatus::Failed);
        $this->syncState->hold('invoice', 6, HoldMode::Never, 'Ann');
        $health = $this->health();

        self::assertSame([5, ['documents_need_a_person']], [$health->needsPerson, $this->codes($health->alarms)]);
        self::assertSame('5 documents need attention.', $health->alarms[0]->message);
        self::assertNotSame('', $health->alarms[0]->since);
    }

    public function testTheNextAttemptIsSaid(): void
    {
        self::assertNull($this->health()->nextAttempt);
        foreach (['12:07:00' => 1, '12:05:00' => 2] as $time => $id) {
            $changes = self::plan('{}') + ['nextAttemptAt' => new \DateTimeImmutable('2026-11-21 ' . $time)];
            $steps = [Step::Freeze, Step::StartDelivery, Step::FailDelivery];
            $this->stored(EventName::InvoiceCreated, $id, $changes, ...$steps);
        }

        self::assertSame('2026-11-21 12:05:00', $this->health()->nextAttempt);
    }

    public function testThatTheShopWasRestoredIsToldForAMonth(): void
    {
        $this->captured(EventName::InvoiceCreated, 1);
        $this->relay->binding['sequence'] = 900;
        self::assertTrue($this->parts->handshake()->begin($this->clock->now()->modify('+1 minute')));
        $notice = $this->health()->notices[0];
        self::assertSame('shop_restored', $notice->code);
        self::assertStringContainsString('had recorded 1 events, but the relay knew 900', $notice->message);

        $this->clock->now = $this->clock->now->modify('+31 days');
        $this->lastRun('-1 minute');
        self::assertSame([], $this->health()->notices);
    }

    public function testEveryPageOfTheAdminAsksInAFewStatements(): void
    {
        $this->sent(1, '-3 hours');
        $before = $this->database->adapter->statements;
        $this->health();

        self::assertLessThanOrEqual(20, $this->database->adapter->statements - $before);
    }

    private function health(): Health
    {
        return $this->parts->health()->read();
    }

    /**
     * @param Problem[] $problems
     * @return string[]
     */
    private function codes(array $problems): array
    {
        return array_column($problems, 'code');
    }

    private function lastRun(string $when): void
    {
        $this->values->set(SyncCycle::LAST_RUN, $this->clock->now()->modify($when)->format(\DATE_ATOM));
    }

    /**
     * @param array<string, mixed> $answer
     */
    private function says(array $answer): void
    {
        $this->relay->binding = $answer + $this->relay->binding;
        $this->parts->statuses->pull();
    }

    private function fails(string $area, RelayException $failure): void
    {
        $this->parts->problems->record(
            $area,
            $failure->errorCode,
            $failure->getMessage(),
            $failure->suggestion(),
            $failure->isPassing()
        );
    }

    private function sent(int $id, string $when): void
    {
        $changes = self::plan('{}') + ['runId' => 'run-' . $id];
        $this->stored(EventName::InvoiceCreated, $id, $changes, ...self::SENT);
        $this->syncState->record(
            new SyncStateRow('invoice', $id, 'document', SyncStatus::Pending, runId: 'run-' . $id)
        );
        $this->database->adapter->update(
            'byte8_entity_sync_state',
            ['updated_at' => $this->clock->now()->modify($when)->format('Y-m-d H:i:s')],
            ['magento_id = ?' => $id]
        );
    }

    private function shown(int $id, SyncStatus $status): void
    {
        $this->syncState->record(new SyncStateRow('invoice', $id, 'document', $status));
    }
}
