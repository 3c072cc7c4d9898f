<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Database;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition as Step;
use Byte8\SageAccounting\Model\Outbox\Resync;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;

/**
 * What people, status pages and the clean-up do with outbox rows, on a real MariaDB.
 */
class DatabaseOutboxEditorTest extends DatabaseTestCase
{
    public function testRowsAreListedCountedAndFound(): void
    {
        $this->stored(EventName::InvoiceCreated, 1, ['reasonCode' => 'zero'], Step::Skip);
        $this->captured(EventName::InvoicePaid, 1);
        $this->captured(EventName::CustomerUpserted, 9);

        self::assertSame(['captured' => 2, 'skipped' => 1], $this->sorted($this->editor->counts()));
        $captured = $this->editor->list([OutboxState::Captured], 9);
        self::assertSame([3, 2], array_map(static fn ($record) => $record->id(), $captured));
        self::assertCount(1, $this->editor->list([], 1));
        self::assertSame('zero', $this->editor->find(1)?->lastError());
        self::assertNull($this->editor->find(99));
        self::assertSame([2, 1], array_map(static fn ($r) => $r->id(), $this->editor->ofEntity('invoice', 1)));
        self::assertSame([2, 3], $this->editor->ids(OutboxState::Captured, 9));
    }

    public function testOldestWaitingLeavesOutWhatIsHeldOrFinished(): void
    {
        self::assertNull($this->editor->oldestWaiting());
        $this->captured(EventName::InvoiceCreated, 1);
        $this->captured(EventName::InvoiceCreated, 2);
        $early = ['created_at' => '2026-01-01 00:00:00'];
        $this->database->adapter->update('byte8_event_outbox', $early, ['id = ?' => 1]);
        self::assertSame('2026-01-01 00:00:00', $this->editor->oldestWaiting());

        $this->syncState->hold('invoice', 1, HoldMode::Hold, 'Ann');
        self::assertNotSame('2026-01-01 00:00:00', $this->editor->oldestWaiting());
    }

    public function testRowSomebodyWorksOnIsLeftAlone(): void
    {
        $this->stored(EventName::InvoiceCreated, 1, [], Step::Skip);
        $this->database->adapter->update('byte8_event_outbox', ['claim_token' => 'x', 'claimed_at' => '2026-01-01']);

        self::assertSame(0, $this->editor->apply(Step::Retranslate, [1]));
    }

    public function testCleaningUpForgetsTextsButNeverThatADocumentWasNoted(): void
    {
        $steps = [Step::Freeze, Step::StartDelivery, Step::ConfirmDelivery];
        $this->stored(EventName::InvoiceCreated, 1, self::plan('{"a":1}'), ...$steps);
        $this->stored(EventName::InvoiceCreated, 2, self::plan('{"a":1}'), Step::Freeze);
        $this->stored(EventName::CustomerUpserted, 5, self::plan('{"a":1}'), ...$steps);
        $this->stored(EventName::CustomerUpserted, 5, self::plan('{"a":2}'), ...$steps);
        $this->database->adapter->update('byte8_event_outbox', ['updated_at' => '2026-01-01 00:00:00']);

        self::assertSame(3, $this->editor->cleanUp($this->clock->now()));
        self::assertSame(0, $this->editor->cleanUp($this->clock->now()->modify('-10 years')));
        self::assertNull($this->editor->find(1)?->entry->planJson);
        self::assertSame('{"a":1}', $this->editor->find(2)?->entry->planJson);
        self::assertCount(1, $this->editor->ofEntity('customer', 5));
        $this->captured(EventName::InvoiceCreated, 1);
        self::assertCount(1, $this->editor->ofEntity('invoice', 1));
    }

    public function testAgainMeansAFreshDecisionForWhatWasRefusedAndTheSameBytesForWhatWasSent(): void
    {
        $sent = [Step::Freeze, Step::StartDelivery, Step::ConfirmDelivery];
        $this->stored(EventName::InvoiceCreated, 1, ['reasonCode' => 'tax'], Step::Reject);
        $this->stored(EventName::InvoiceCreated, 2, self::plan('{"n":2}'), ...$sent);
        $this->stored(EventName::InvoiceCreated, 3, self::plan('{"n":3}'), ...$sent);
        $dead = [Step::Freeze, Step::StartDelivery, Step::DeadLetter];
        $this->stored(EventName::InvoiceCreated, 4, self::plan('{"n":4}'), ...$dead);
        $this->syncState->record(new SyncStateRow('invoice', 3, 'document', SyncStatus::Failed, runId: 'r3'));
        $resync = new Resync($this->store, $this->editor, $this->syncState);

        self::assertSame(4, $resync->requeue([1, 2, 3, 4]));
        $states = array_map(fn (int $id) => $this->editor->find($id)?->entry->state, [1, 2, 3, 4]);
        self::assertSame(
            [OutboxState::Captured, OutboxState::Ready, OutboxState::Captured, OutboxState::Ready],
            $states
        );
        self::assertSame('{"n":2}', $this->editor->find(2)?->entry->planJson);
        self::assertNull($this->editor->find(3)?->entry->planJson);
        self::assertSame(SyncStatus::Pending, $this->syncState->find('invoice', [3])[3]->document()?->status);
        self::assertSame(0, $resync->requeue([1, 99]));
    }

    public function testAgainForACustomerIsANewRowThatGoesOutUnchanged(): void
    {
        $this->stored(EventName::CustomerUpserted, 5, [], Step::Skip);
        $resync = new Resync($this->store, $this->editor, $this->syncState);

        self::assertSame(1, $resync->again([EventName::CustomerUpserted], 5, 1));
        self::assertTrue($this->editor->ofEntity('customer', 5)[0]->entry->isForced);
    }

    public function testForcingARowThatAlreadyWaitsMarksIt(): void
    {
        $this->captured(EventName::CustomerUpserted, 5);
        $this->captured(EventName::CustomerUpserted, 5, true);
        $this->captured(EventName::CustomerUpserted, 5);
        $rows = $this->editor->ofEntity('customer', 5);

        self::assertSame([1, true], [count($rows), $rows[0]->entry->isForced]);
    }

    /**
     * @param array<string, int> $numbers
     * @return array<string, int>
     */
    private function sorted(array $numbers): array
    {
        ksort($numbers);

        return $numbers;
    }
}
