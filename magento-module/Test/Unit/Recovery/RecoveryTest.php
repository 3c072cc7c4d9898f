<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Recovery;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Outbox\OutboxRecovery;
use Byte8\SageAccounting\Model\Outbox\OutboxRows;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition;
use Byte8\SageAccounting\Model\Recovery\OwnSequence;
use Byte8\SageAccounting\Model\Recovery\Recovery;
use Byte8\SageAccounting\Model\SyncState\FeedPull;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Fake\FakeRelay;

/**
 * The relay was restored from a backup, or this shop was.
 */
class RecoveryTest extends DatabaseTestCase
{
    private FakeRelay $relay;

    private OutboxRecovery $rows;

    private Recovery $recovery;

    protected function setUp(): void
    {
        parent::setUp();
        $this->relay = new FakeRelay();
        $this->rows = new OutboxRecovery($this->database->tables, new OutboxRows());
        $feed = new FeedPull($this->relay, $this->syncState, $this->editor, $this->values, $this->clock);
        $this->recovery = new Recovery($this->rows, $feed, $this->relay, $this->values);
    }

    public function testWhatTheRelayMayHaveForgottenIsOfferedAgainAndNothingElse(): void
    {
        $this->delivered(EventName::InvoiceCreated, 1, '2026-11-20 10:00:00', 11);
        $this->delivered(EventName::InvoiceCreated, 2, '2026-11-20 10:00:00', 21);
        $this->delivered(EventName::InvoiceCreated, 3, '2026-11-21 09:55:00', 12);
        $this->delivered(EventName::InvoiceCreated, 4, '2026-11-20 10:00:00', null, SyncStatus::Pending);
        $this->delivered(EventName::InvoicePaid, 1, '2026-11-20 10:00:00', 22);
        $this->values->set('feed.cursor', '25');
        $this->recovery->begin($this->standing());

        self::assertSame(
            ['delivered', 'ready', 'ready', 'ready', 'ready'],
            array_map(fn (int $id): string => (string) $this->editor->find($id)?->entry->state->value, range(1, 5))
        );
        self::assertSame('20', $this->values->get('feed.cursor'));
        $cursors = fn (int $id): ?int => $this->syncState->find('invoice', [$id])[$id]->document()?->feedCursor;
        self::assertSame([11, null, 12], array_map($cursors, [1, 2, 3]));
        self::assertSame(
            SyncStatus::Synced,
            $this->syncState->find('invoice', [2])[2]->document()?->status,
            'what the ledger has is shown as before'
        );
        self::assertFalse($this->recovery->finish(), 'four are on their way');

        foreach ([2, 3, 4, 5] as $id) {
            $this->deliverAgain($id);
        }
        self::assertTrue($this->recovery->finish());
        self::assertSame(['r-1' => ['invoice' => 4]], $this->relay->offers);
        self::assertFalse($this->recovery->finish(), 'once');
    }

    public function testItGoesOnWhereItWasCutShort(): void
    {
        $this->delivered(EventName::InvoiceCreated, 1, '2026-11-21 11:00:00', 21);
        $this->recovery->begin($this->standing());
        $this->deliverAgain(1);
        $this->recovery->begin($this->standing());

        self::assertSame(OutboxState::Delivered, $this->editor->find(1)?->entry->state, 'not a second time');
        self::assertTrue($this->recovery->finish());
        $this->recovery->begin(['recovery' => ['offered' => true] + $this->standing()['recovery']]);
        $this->recovery->begin(['recovery' => null]);
        self::assertFalse($this->recovery->finish());
    }

    public function testAPlanThatIsGoneIsDecidedAnew(): void
    {
        $this->delivered(EventName::InvoiceCreated, 1, '2026-11-21 11:00:00', 21);
        $this->database->adapter->update('byte8_event_outbox', ['plan_json' => null, 'event_json' => null]);
        $this->database->adapter->update('byte8_event_outbox', ['updated_at' => '2026-11-21 11:00:00']);
        $this->recovery->begin($this->standing());

        self::assertSame(OutboxState::Captured, $this->editor->find(1)?->entry->state);
        self::assertTrue($this->editor->find(1)->entry->isForced);
    }

    public function testARestoredShopGoesOnAboveWhatTheRelayHasSeen(): void
    {
        $this->delivered(EventName::InvoiceCreated, 1, '2026-11-21 11:00:00', 21);
        $this->captured(EventName::CustomerUpserted, 5);
        $sequence = new OwnSequence($this->rows, $this->values, $this->clock);
        $sequence->agree(['sequence' => '2']);
        self::assertSame(2, $this->rows->highestId());

        $sequence->agree(['sequence' => '500']);
        self::assertSame(501, $this->rows->highestId(), 'what was not delivered is noted anew');
        self::assertNull($this->editor->find(2));
        $anew = $this->editor->find(501)?->entry;
        self::assertSame(['customer.upserted:5', OutboxState::Captured], [$anew?->event->key(), $anew?->state]);
        self::assertSame(OutboxState::Delivered, $this->editor->find(1)?->entry->state);
        self::assertNotNull($this->values->get(OwnSequence::RESTORED_AT));
        $this->captured(EventName::ProductUpserted, 9);
        self::assertSame(502, $this->rows->highestId());
    }

    /**
     * @return array<string, mixed>
     */
    private function standing(): array
    {
        return ['recovery' => [
            'recovery_id' => 'r-1',
            'since' => '2026-11-21T10:00:00Z',
            'feed_cursor' => '20',
            'offered' => false,
        ]];
    }

    private function delivered(
        EventName $name,
        int $entityId,
        string $at,
        ?int $cursor,
        SyncStatus $status = SyncStatus::Synced
    ): void {
        $plan = '{"key":"' . $name->keyFor($entityId) . '"}';
        $entry = $this->brought(
            $name,
            $entityId,
            self::plan($plan),
            OutboxTransition::Freeze,
            OutboxTransition::StartDelivery,
            OutboxTransition::ConfirmDelivery
        );
        $this->database->adapter->update(
            'byte8_event_outbox',
            ['updated_at' => $at],
            ['id = ?' => $entry->event->sequence]
        );
        $this->syncState->record(new SyncStateRow(
            $name->entityType(),
            $entityId,
            $name === EventName::InvoicePaid ? 'payment' : 'document',
            $status,
            runId: 'run-' . $entityId,
            feedCursor: $cursor
        ));
    }

    private function deliverAgain(int $id): void
    {
        $entry = $this->editor->find($id)?->entry;
        self::assertNotNull($entry);
        $begun = $entry->after(OutboxTransition::StartDelivery);
        self::assertTrue($this->store->replace($entry, $begun));
        self::assertTrue($this->store->replace($begun, $begun->after(OutboxTransition::ConfirmDelivery)));
    }
}
