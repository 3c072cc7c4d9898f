<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Recovery;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition as Step;
use Byte8\SageAccounting\Model\Relay\BindingStatus;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncStateRecorder;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Database\RelayParts;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;

/**
 * A restored relay is offered what it may have lost, once, and nothing else; on a real MariaDB.
 */
class RelayRecoveryTest extends DatabaseTestCase
{
    private const SENT = [Step::Freeze, Step::StartDelivery, Step::ConfirmDelivery];

    /** The last feed position that relay and shop both know. */
    private const AGREED = 100;

    private FakeRelay $relay;

    private RelayParts $parts;

    protected function setUp(): void
    {
        parent::setUp();
        $this->relay = new FakeRelay();
        $this->parts = new RelayParts($this->database, $this->relay, new InMemoryConnectionStore(), $this->clock);
        foreach (['sales_invoice', 'sales_creditmemo', 'customer_entity', 'catalog_product_entity'] as $table) {
            $this->database->adapter->execute('CREATE TEMPORARY TABLE ' . $table . ' (entity_id INT UNSIGNED)');
        }
        $this->database->adapter->insert('sales_invoice', ['entity_id' => 40]);
        $this->database->adapter->insert('catalog_product_entity', ['entity_id' => 12]);
    }

    public function testWhatTheRelayMayHaveForgottenIsOfferedAgainAndNothingElse(): void
    {
        $this->delivered(1, SyncStatus::Synced, 90, '2026-11-20 10:00:00');
        $this->delivered(2, SyncStatus::Synced, 120, '2026-11-20 10:00:00');
        $this->delivered(3, SyncStatus::Pending, null, '2026-11-10 10:00:00');
        $this->delivered(4, SyncStatus::Synced, 95, '2026-11-21 10:55:00');
        $this->delivered(5, SyncStatus::Synced, null, '2026-11-20 10:00:00', '2026-11-21 11:30:00');
        $this->delivered(6, SyncStatus::Synced, null, '2026-11-20 10:00:00', '2026-11-20 10:00:00');
        $this->stored(EventName::InvoiceCreated, 7, self::plan('{}'), Step::Freeze);
        $this->values->set('feed.cursor', '133');
        $this->delivered(8, SyncStatus::Failed, 130, '2026-11-21 11:00:00');

        self::assertTrue($this->recovered());
        $offered = [OutboxState::Delivered, OutboxState::Ready, OutboxState::Ready, OutboxState::Ready,
            OutboxState::Ready, OutboxState::Delivered, OutboxState::Ready, OutboxState::Ready];
        self::assertSame($offered, array_map($this->state(...), range(1, 8)));
        self::assertSame('{"n":2}', $this->editor->find(2)?->entry->planJson);
        self::assertSame('r-1', $this->editor->find(2)->entry->recoveryId);
        self::assertNull($this->editor->find(7)?->entry->recoveryId, 'was on its way anyhow');
        self::assertSame((string) self::AGREED, $this->values->get('feed.cursor'));
        self::assertSame([90, null], [$this->shown(1)?->feedCursor, $this->shown(2)?->feedCursor]);
    }

    public function testChipsStayUntilTheFeedSaysSomethingElse(): void
    {
        $this->delivered(2, SyncStatus::Synced, 120, '2026-11-21 11:30:00');
        $this->delivered(3, SyncStatus::Pending, null, '2026-11-21 11:30:00');
        $this->recovered();
        $recorder = new SyncStateRecorder($this->syncState);
        foreach ($this->store->claimForDelivery('w', 9, $this->clock->now()) as $entry) {
            foreach ([Step::StartDelivery, Step::ConfirmDelivery] as $step) {
                $next = $entry->after($step, ['runId' => 'new-' . $entry->event->entityId]);
                $this->store->replace($entry, $next);
                $recorder->record($next);
                $entry = $next;
            }
        }
        self::assertSame([SyncStatus::Synced, 'SI-2'], [$this->shown(2)?->status, $this->shown(2)?->ledgerReference]);
        self::assertSame(SyncStatus::Pending, $this->shown(3)?->status);

        // The restored feed gives lower positions than the lost one.
        $this->parts->feed->record([
            ['key' => 'invoice.created:2', 'cursor' => '101', 'status' => 'rejected', 'run_id' => 'new-2'],
            ['key' => 'invoice.created:3', 'cursor' => '102', 'status' => 'succeeded', 'run_id' => 'new-3'],
        ]);
        self::assertSame([SyncStatus::Failed, SyncStatus::Synced], [$this->shown(2)->status, $this->shown(3)->status]);
    }

    public function testWhatIsSentOnPurposeLaterIsShownAsPendingAgain(): void
    {
        $this->delivered(2, SyncStatus::Synced, 120, '2026-11-21 11:30:00');
        $this->recovered();
        $this->database->adapter->update('byte8_event_outbox', ['state' => 'delivered']);
        $this->editor->apply(Step::Retranslate, [1]);

        self::assertNull($this->editor->find(1)?->entry->recoveryId);
    }

    public function testPlanThatWasCleanedUpIsCapturedAnew(): void
    {
        $this->delivered(1, SyncStatus::Synced, 120, '2026-11-21 11:30:00');
        $this->delivered(2, SyncStatus::Synced, 90, '2026-10-01 10:00:00');
        $this->database->adapter->update('byte8_event_outbox', ['plan_json' => null, 'event_json' => null]);
        $this->recovered();
        $entry = $this->editor->find(1)?->entry;

        self::assertSame(OutboxState::Captured, $entry?->state);
        self::assertSame([true, 'r-1'], [$entry->isForced, $entry->recoveryId]);
        self::assertSame(OutboxState::Delivered, $this->state(2), 'cleaning up is no delivery');
        self::assertSame(SyncStatus::Synced, $this->shown(1)?->status);
    }

    public function testOfACustomerOnlyTheNewestStateIsOffered(): void
    {
        foreach ([1, 2] as $edit) {
            $this->stored(EventName::CustomerUpserted, 5, self::plan('{"n":' . $edit . '}'), ...self::SENT);
        }
        $this->stored(EventName::CustomerUpserted, 5, [], Step::Skip);
        $this->recovered();

        self::assertSame([OutboxState::Delivered, OutboxState::Ready], [$this->state(1), $this->state(2)]);
    }

    public function testAnOrderIsOfferedWithItsEnd(): void
    {
        foreach ([EventName::OrderPlaced, EventName::OrderPlaced, EventName::OrderCanceled] as $edit => $name) {
            $this->stored($name, 5, self::plan('{"n":' . $edit . '}'), ...self::SENT);
        }
        $this->recovered();

        self::assertSame(
            [OutboxState::Delivered, OutboxState::Ready, OutboxState::Ready],
            [$this->state(1), $this->state(2), $this->state(3)]
        );
    }

    public function testTheHighestOrderIsToldOnceOrdersAreSent(): void
    {
        $this->database->adapter->execute('CREATE TEMPORARY TABLE sales_order (entity_id INT UNSIGNED)');
        $this->database->adapter->insert('sales_order', ['entity_id' => 70]);
        $store = $this->parts->recoveryStore;
        self::assertSame(['invoice', 'creditmemo', 'customer', 'product'], array_keys($store->highestEntityIds()));

        $this->captured(EventName::OrderPlaced, 65);
        self::assertSame(70, $store->highestEntityIds()['order']);
    }

    public function testThousandsAreOfferedInBatchesAndARunCutShortGoesOn(): void
    {
        $rows = [];
        foreach (range(1, 1800) as $id) {
            $rows[] = ['event_name' => 'invoice.created', 'entity_type' => 'invoice', 'entity_id' => $id,
                'idempotency_key' => 'invoice.created:' . $id, 'state' => 'delivered', 'plan_json' => '{}',
                'updated_at' => '2026-11-21 11:30:00'];
        }
        $this->database->adapter->insertMultiple('byte8_event_outbox', $rows);
        $this->values->set('feed.cursor', '133');
        $now = $this->clock->now();
        self::assertFalse($this->recovered($now), 'one batch, and the time is up');
        $counts = $this->editor->counts();
        self::assertSame([500, 1300], [$counts['ready'], $counts['delivered']]);
        // Rows delivered meanwhile are not offered again when the batch is repeated after a crash.
        $this->database->adapter->update('byte8_event_outbox', ['state' => 'delivered'], ['id <= ?' => 10]);
        $this->values->remove('recovery.progress');

        for ($runs = 1; !$this->recovered($now) && $runs < 20; $runs++) {
            self::assertSame('133', $this->values->get('feed.cursor'), 'the feed waits for all');
        }
        self::assertSame(['delivered' => 10, 'ready' => 1790], $this->editor->counts());
        self::assertTrue($this->recovered($now));
    }

    public function testTheRelayIsToldWhenEverythingHasArrivedOrWasGivenUp(): void
    {
        $this->delivered(41, SyncStatus::Synced, 120, '2026-11-21 11:30:00');
        $this->delivered(42, SyncStatus::Synced, 121, '2026-11-21 11:30:00');
        $this->delivered(43, SyncStatus::Synced, 122, '2026-11-21 11:30:00');
        $this->syncState->hold('invoice', 43, HoldMode::Hold, 'Ann');
        $status = $this->status();
        self::assertFalse($this->parts->relayRecovery->complete($status), 'nothing was offered yet');
        $this->recovered();
        self::assertFalse($this->parts->relayRecovery->complete($status));
        $this->database->adapter->update('byte8_event_outbox', ['state' => 'delivered'], ['id = ?' => 1]);
        self::assertFalse($this->parts->relayRecovery->complete($status));
        $this->database->adapter->update('byte8_event_outbox', ['state' => 'dead'], ['id = ?' => 2]);
        self::assertTrue($this->parts->relayRecovery->complete($status), 'what a person holds back keeps nobody');

        self::assertSame(
            [['r-1', ['invoice' => 43, 'creditmemo' => 0, 'customer' => 0, 'product' => 12]]],
            $this->relay->completed
        );
        self::assertTrue($this->parts->statuses->last()?->recovery?->isOffered);
    }

    public function testTheFeedIsNeverTakenForward(): void
    {
        $this->recovered();
        self::assertNull($this->values->get('feed.cursor'));
        $this->values->remove('recovery.progress');
        $this->values->set('feed.cursor', '80');
        $this->recovered();

        self::assertSame('80', $this->values->get('feed.cursor'));
    }

    public function testAnotherRecoveryOffersAnew(): void
    {
        $this->delivered(1, SyncStatus::Synced, 120, '2026-11-21 11:30:00');
        $this->recovered();
        $this->database->adapter->update('byte8_event_outbox', ['state' => 'delivered']);
        $this->recovered();
        self::assertSame(OutboxState::Delivered, $this->state(1));

        self::assertTrue($this->parts->relayRecovery->run($this->status('r-2'), $this->later()));
        self::assertSame(OutboxState::Ready, $this->state(1));
    }

    public function testNothingIsDoneWithoutARequestOfTheRelay(): void
    {
        $this->delivered(1, SyncStatus::Pending, null, '2026-11-21 11:30:00');
        self::assertTrue($this->parts->relayRecovery->run(new BindingStatus('active'), $this->later()));
        $offered = $this->status('r-1', true);
        self::assertTrue($this->parts->relayRecovery->run($offered, $this->later()));
        self::assertFalse($this->parts->relayRecovery->complete($offered));

        self::assertSame([OutboxState::Delivered, []], [$this->state(1), $this->relay->completed]);
    }

    public function testAnAnswerThatCannotBeReadAsksForNothing(): void
    {
        $good = ['recovery_id' => 'r', 'since' => '2026-11-21T11:00:00Z', 'feed_cursor' => '7', 'offered' => false];
        $status = BindingStatus::fromValues(['state' => 'recovering', 'recovery' => $good]);
        self::assertSame(7, $status?->recovery?->feedCursor);
        $forgotten = BindingStatus::fromValues(['state' => 'recovering', 'recovery' => ['since' => null] + $good]);
        self::assertSame(0, $forgotten?->recovery?->since->getTimestamp());
        $bad = [['recovery_id' => ''], ['since' => 'yesterday'], ['feed_cursor' => '-1'],
            ['feed_cursor' => null]];
        foreach ($bad as $change) {
            self::assertNull(BindingStatus::fromValues(['state' => 'recovering', 'recovery' => $change + $good]));
        }
        self::assertNull(BindingStatus::fromValues([]));
    }

    private function recovered(?\DateTimeImmutable $until = null): bool
    {
        return $this->parts->relayRecovery->run($this->status(), $until ?? $this->later());
    }

    private function later(): \DateTimeImmutable
    {
        return $this->clock->now()->modify('+1 minute');
    }

    private function status(string $id = 'r-1', bool $isOffered = false): BindingStatus
    {
        $this->relay->binding = [
            'state' => 'recovering',
            'recovery' => ['recovery_id' => $id, 'since' => '2026-11-21T11:00:00.123Z',
                'feed_cursor' => (string) self::AGREED, 'offered' => $isOffered, 'documents' => 0, 'open' => 0],
        ];

        return $this->parts->statuses->pull();
    }

    private function delivered(
        int $id,
        SyncStatus $status,
        ?int $feedCursor,
        string $at,
        ?string $answeredAt = null
    ): void {
        $plan = self::plan('{"n":' . $id . '}');
        $entry = $this->stored(EventName::InvoiceCreated, $id, $plan, ...self::SENT);
        $this->database->adapter->update(
            'byte8_event_outbox',
            ['updated_at' => $at, 'run_id' => 'run-' . $id],
            ['id = ?' => $entry->event->sequence]
        );
        $answered = $status === SyncStatus::Pending ? null : ($answeredAt ?? $at);
        $reference = $status === SyncStatus::Synced ? 'SI-' . $id : null;
        $this->syncState->record(new SyncStateRow(
            'invoice',
            $id,
            'document',
            $status,
            $answered,
            $reference,
            $reference,
            'run-' . $id,
            feedCursor: $feedCursor
        ));
    }

    private function state(int $row): ?OutboxState
    {
        return $this->editor->find($row)?->entry->state;
    }

    private function shown(int $id): ?SyncStateRow
    {
        return $this->syncState->find('invoice', [$id])[$id]->document();
    }
}
