<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\SyncCycle;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Outbox\OutboxRecord;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Status\CaptureFailure;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Database\SyncCycleTestCase;
use Byte8\SageAccounting\Test\Fake\FakeTranslator;

/**
 * Failure drills end to end, on a real database: something fails, it is named and repaired, then everything is sent,
 * nothing is lost and nothing is sent twice.
 */
class SyncCycleTest extends SyncCycleTestCase
{
    public function testOrdinaryTurnFetchesSettingsDecidesDeliversAndReadsTheFeed(): void
    {
        $this->relay->pages = [['items' => [[
            'key' => 'invoice.created:33', 'status' => 'succeeded', 'run_id' => 'run-invoice.created:33',
        ]], 'next' => '1']];
        $done = $this->runCycle();

        self::assertSame([2, 2, 1], [$done['translation']->translated, $done['delivery']->delivered, $done['feed']]);
        self::assertSame(SyncStatus::Synced, $this->syncState->find('invoice', [33])[33]->document()?->status);
        self::assertSame([], $this->status()->problems);
        self::assertTrue($this->status()->isHealthy());
    }

    public function testDocumentsThatTheRelayAsksForAreDecidedOnAgain(): void
    {
        $document = static fn (string $type, mixed $id): array => ['entity_type' => $type, 'entity_id' => $id];
        $this->relay->binding['wanted'] = ['documents' => [
            $document('invoice', 33), $document('creditmemo', 7), $document('invoice', 34),
            $document('invoice', '35'), $document('invoice', 0), 'nonsense',
        ]];
        $this->runCycle();
        self::assertSame([['invoice', [33, 34]], ['creditmemo', [7]]], $this->queuedAgain);
        $this->runCycle();
        self::assertCount(2, $this->queuedAgain, 'once for one wish');
        $this->clock->now = $this->clock->now->modify('+11 minutes');
        $this->runCycle();
        self::assertCount(4, $this->queuedAgain, 'again while it is still asked for');
        $this->relay->binding['wanted'] = ['documents' => []];
        $this->runCycle();
        self::assertCount(4, $this->queuedAgain);
    }

    public function testTranslationAndDeliveryTakeTurns(): void
    {
        $this->settings->replaceWith('{"schema":"1"}');
        $turns = [];
        $this->runCycle(function (int $translated, int $delivered) use (&$turns): void {
            $turns[] = [$translated, $delivered];
            if (count($turns) === 1) {
                // Saved while the cycle runs.
                $this->captured(EventName::InvoiceCreated, 35);
            }
        });

        self::assertSame([[2, 2], [3, 3], [3, 3]], $turns, 'until nothing is left');
    }

    public function testRelayIsDown(): void
    {
        $this->relay->answer = static fn () => throw RelayException::unreachable('refused');
        $this->relay->failure = RelayException::unreachable('refused');
        $this->settings->replaceWith('{"schema":"1"}');
        $this->runCycle();
        self::assertSame(['failed' => 2], $this->editor->counts());
        self::assertSame([], $this->status()->problems, 'it may be over in a minute');
        self::assertSame(['relay_unreachable'], array_column($this->status()->notices, 'code'));

        for ($minute = 0; $minute < 6; $minute++) {
            $this->clock->now = $this->clock->now->modify('+1 minute');
            $this->runCycle();
        }
        $problem = $this->status()->problems[0];
        self::assertSame('relay_unreachable', $problem->code);
        self::assertSame('2026-11-21T12:00:00+00:00', $problem->since);
        self::assertStringContainsString('It is tried again every minute.', $problem->suggestion);
        self::assertFalse($this->status()->isHealthy());

        $this->relay->answer = $this->relay->failure = null;
        $this->clock->now = $this->clock->now->modify('+5 minutes');
        $this->assertEverythingArrived();
    }

    public function testExtensionIsMissing(): void
    {
        $working = $this->translators->made;
        $this->translators->made = new BridgeException('translator_missing', 'no extension', '', 'install it');
        $this->runCycle();
        self::assertSame(['captured' => 2], $this->editor->counts());
        self::assertContains('translator_missing', array_column($this->status()->problems, 'code'));

        $this->translators->made = $working;
        $this->assertEverythingArrived();
    }

    public function testSettingsAreAbsent(): void
    {
        $this->relay->failure = new RelayException('settings_not_found', 'HTTP 404', 404);
        $this->runCycle();
        self::assertSame(['captured' => 2], $this->editor->counts());
        self::assertSame([], $this->status()->problems, 'a set-up that goes on is no fault');
        self::assertContains('settings_absent', array_column($this->status()->notices, 'code'));

        $this->relay->failure = null;
        $this->assertEverythingArrived();
    }

    public function testComponentTraps(): void
    {
        $working = $this->translators->made;
        $this->translators->made = new FakeTranslator(
            static fn () => throw new BridgeException('component_trapped', 'trapped', '', 'report it')
        );
        $this->runCycle();
        self::assertSame(['rejected' => 2], $this->editor->counts());
        $row = $this->syncState->find('invoice', [33])[33]->document();
        self::assertSame([SyncStatus::Failed, 'component_trapped'], [$row?->status, $row?->reasonCode]);

        // Another version of the core: rejected rows are translated again automatically.
        $this->translators->made = $working;
        $this->values->set('process.core', 'an older core');
        $this->assertEverythingArrived();
    }

    public function testNewSettingsAreTriedOnWhatTheOldOnesRefused(): void
    {
        $working = $this->translators->made;
        $this->translators->made = new FakeTranslator(static fn () => FakeTranslator::reject('tax_rate_not_mapped'));
        $this->runCycle();
        self::assertSame(['rejected' => 2], $this->editor->counts());

        $this->translators->made = $working;
        $this->runCycle();
        self::assertSame(['rejected' => 2], $this->editor->counts(), 'the same settings would refuse it again');
        $this->relay->settings = '{"schema":"1","policy":{}}';
        $this->assertEverythingArrived();
    }

    public function testNotPairedOrSwitchedOffNothingLeavesTheShop(): void
    {
        $connection = $this->connections->connection;
        $this->connections->connection = null;
        $this->settings->replaceWith('{"schema":"1"}');
        $this->runCycle();
        self::assertSame(['ready' => 2], $this->editor->counts());
        self::assertFalse($this->status()->isConnected);

        $this->connections->connection = $connection;
        $this->config->values['byte8/sage_accounting/delivery_enabled'] = '0';
        $this->runCycle();
        self::assertSame([], $this->relay->requests);
        $this->config->values['byte8/sage_accounting/delivery_enabled'] = '1';
        $this->assertEverythingArrived();
    }

    public function testBeforeGoingLiveEverythingWaitsUndecidedAndNoErrorIsShown(): void
    {
        $this->relay->isLive = false;
        $this->runCycle();
        $this->runCycle();
        $status = $this->status();
        self::assertSame(['captured' => 2], $this->editor->counts());
        self::assertSame([], $this->relay->requests);
        self::assertSame('{"schema":"1"}', $this->settings->document(), 'a dry run needs them');
        self::assertSame(['Waits until you go live in the ledger' => 2], $status->outboxByLabel());
        self::assertStringContainsString('2 to be sent when you go live', $status->waitingText());
        self::assertSame([[], ['not_live']], [$status->problems, array_column($status->notices, 'code')]);
        self::assertTrue($status->isHealthy());

        $this->relay->isLive = true;
        $this->assertEverythingArrived();
        self::assertSame([], $this->status()->notices);
    }

    public function testPlansThatTheRelayDoesNotTakeYetWaitWithoutAnAttempt(): void
    {
        $this->relay->answer = static fn () => throw new RelayException('not_live', 'HTTP 409', 409);
        $this->runCycle();
        self::assertSame(['ready' => 2], $this->editor->counts());
        self::assertFalse($this->settings->isLive());
        self::assertSame([[], ['not_live']], [
            $this->status()->problems,
            array_column($this->status()->notices, 'code'),
        ]);
        $waiting = $this->editor->list([OutboxState::Ready], 5);
        $attempts = array_map(static fn (OutboxRecord $record): int => $record->entry->attempts, $waiting);
        self::assertSame([0, 0], $attempts);

        $this->relay->answer = null;
        $this->assertEverythingArrived();
    }

    public function testWorkerThatDiedMidwayIsFollowedByTheNext(): void
    {
        $this->settings->replaceWith('{"schema":"1"}');
        $entry = $this->store->claimForTranslation('gone', 1, $this->clock->now())[0];
        self::assertSame(33, $entry->event->entityId);
        $this->runCycle();
        self::assertSame(['captured' => 1, 'delivered' => 1], $this->editor->counts());

        $this->clock->now = $this->clock->now->modify('+11 minutes');
        $this->assertEverythingArrived(1);
    }

    public function testATableThatTakesNothingIsNamedAndNothingOfTheProbeStays(): void
    {
        $before = $this->editor->counts();
        $this->database->adapter->execute(
            "CREATE TRIGGER byte8_refuse BEFORE INSERT ON byte8_event_outbox FOR EACH ROW SIGNAL SQLSTATE '45000' "
            . "SET MESSAGE_TEXT = 'read only'"
        );
        (new CaptureFailure($this->cache, $this->clock))->record(new \Exception('refused, query was: INSERT x'));
        $problems = array_column(array_map('get_object_vars', $this->status()->problems), null, 'code');
        self::assertStringContainsString('read only', $problems['outbox_not_writable']['message']);
        self::assertSame('An event could not be queued: refused', $problems['event_not_noted']['message']);

        $this->database->adapter->execute('DROP TRIGGER byte8_refuse');
        self::assertNotContains('outbox_not_writable', array_column($this->status()->problems, 'code'));
        self::assertSame($before, $this->editor->counts());

        $this->database->adapter->execute('DROP TABLE byte8_event_outbox');
        self::assertSame(['outbox_not_readable'], array_column($this->status()->problems, 'code'));
    }
}
