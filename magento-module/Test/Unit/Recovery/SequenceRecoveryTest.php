<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Recovery;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition as Step;
use Byte8\SageAccounting\Model\Relay\BindingStatus;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Database\RelayParts;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;

/**
 * A restored shop continues above the sequence that its relay knows; on a real MariaDB.
 */
class SequenceRecoveryTest extends DatabaseTestCase
{
    private const SENT = [Step::Freeze, Step::StartDelivery, Step::ConfirmDelivery];

    private RelayParts $parts;

    protected function setUp(): void
    {
        parent::setUp();
        $connections = new InMemoryConnectionStore();
        $this->parts = new RelayParts($this->database, new FakeRelay(), $connections, $this->clock);
    }

    public function testSequenceGoesOnAboveTheRelays(): void
    {
        $this->captured(EventName::InvoiceCreated, 1);
        self::assertTrue($this->advanced(900));
        $this->captured(EventName::InvoiceCreated, 2);

        self::assertSame(901, $this->editor->highestId());
        self::assertSame(['captured' => 2], $this->editor->counts());
        self::assertSame(
            ['at' => '2026-11-21T12:00:00+00:00', 'from' => 1, 'to' => 900, 'done' => true],
            $this->ordered($this->parts->sequenceRecovery->lastDetected())
        );
    }

    public function testWaitingCustomersAreCapturedAnewInTheirOrderAndDocumentsKeepTheirBytes(): void
    {
        $this->stored(EventName::InvoiceCreated, 1, self::plan('{"sequence":1}'), Step::Freeze);
        $this->captured(EventName::CustomerUpserted, 5);
        $this->stored(EventName::CustomerUpserted, 6, self::plan('{"sequence":3}'), Step::Freeze, Step::StartDelivery);
        $this->stored(EventName::CustomerUpserted, 7, self::plan('{"sequence":4}'), ...self::SENT);
        $this->stored(EventName::ProductUpserted, 8, self::plan('{}') + ['reasonCode' => 'superseded'], ...self::SENT);
        $this->stored(EventName::ProductUpserted, 9, self::plan('{}') + ['reasonCode' => 'superseded'], ...self::SENT);
        $this->stored(EventName::ProductUpserted, 9, self::plan('{}'), ...self::SENT);
        self::assertTrue($this->advanced(900));

        $invoice = $this->editor->find(1)?->entry;
        self::assertSame([OutboxState::Ready, '{"sequence":1}'], [$invoice?->state, $invoice?->planJson]);
        self::assertSame(OutboxState::Delivered, $this->editor->find(4)?->entry->state);
        self::assertSame(OutboxState::Delivered, $this->editor->find(6)?->entry->state, 'a newer row was delivered');
        foreach ([2, 3, 5] as $id) {
            self::assertNull($this->editor->find($id));
        }
        $moved = array_map(fn (int $id) => $this->editor->find($id)?->entry, [901, 902, 903]);
        self::assertSame([5, 6, 8], array_map(static fn ($entry) => $entry?->event->entityId, $moved));
        foreach ($moved as $entry) {
            self::assertSame(
                [OutboxState::Captured, true, null, null, 0],
                [$entry?->state, $entry?->isForced, $entry?->planJson, $entry?->claimToken, $entry?->attempts]
            );
        }
        // A later edit still finds the waiting row.
        $this->captured(EventName::CustomerUpserted, 6);
        self::assertSame(903, $this->editor->highestId());
    }

    public function testARunCutShortGoesOnThoughTheSequenceIsRightByThen(): void
    {
        foreach (range(1, 150) as $id) {
            $this->captured(EventName::CustomerUpserted, $id);
        }
        self::assertFalse($this->parts->sequenceRecovery->run($this->status(900), $this->clock->now()));
        self::assertGreaterThan(900, $this->editor->highestId());
        self::assertFalse($this->parts->sequenceRecovery->run($this->status(900), $this->clock->now()));
        self::assertTrue($this->parts->sequenceRecovery->run($this->status(900), $this->clock->now()));

        $ids = $this->editor->ids(OutboxState::Captured, 999);
        self::assertSame([150, true], [count($ids), min($ids) > 900]);
    }

    public function testItIsNoticedOnceAndAnAbsurdNumberNever(): void
    {
        $this->captured(EventName::InvoiceCreated, 1);
        self::assertTrue($this->advanced(0));
        self::assertTrue($this->advanced(1));
        self::assertTrue($this->advanced(PHP_INT_MAX));
        self::assertNull($this->parts->sequenceRecovery->lastDetected());

        self::assertTrue($this->advanced(900));
        $this->clock->now = $this->clock->now->modify('+1 minute');
        self::assertTrue($this->advanced(900));
        self::assertSame('2026-11-21T12:00:00+00:00', $this->parts->sequenceRecovery->lastDetected()['at'] ?? null);
        self::assertSame(1, $this->editor->highestId());
        self::assertSame(900, $this->parts->sequenceRecovery->highest(), 'the relay is told that it is agreed');
        self::assertSame('900', $this->parts->position->headers()['Ledger-Sequence']);
        $this->captured(EventName::InvoiceCreated, 2);
        self::assertSame(901, $this->parts->sequenceRecovery->highest());
    }

    public function testARunCutShortBeforeTheSequenceWasRaisedGoesOn(): void
    {
        $this->captured(EventName::CustomerUpserted, 5);
        $this->values->set('sequence.restored', '{"at":"2026-11-21T12:00:00Z","from":1,"to":900,"done":false}');
        self::assertTrue($this->advanced(900));

        self::assertSame(901, $this->editor->highestId());
    }

    public function testTheRelayWritesTheSequenceAsText(): void
    {
        self::assertSame(900, BindingStatus::fromValues(['state' => 'active', 'sequence' => '900'])?->sequence);
        self::assertSame(900, BindingStatus::fromValues(['state' => 'active', 'sequence' => 900])?->sequence);
        foreach (['-1', '9e9', null, [], '1234567890123456789'] as $bad) {
            self::assertSame(0, BindingStatus::fromValues(['state' => 'active', 'sequence' => $bad])?->sequence);
        }
    }

    private function advanced(int $sequence): bool
    {
        return $this->parts->sequenceRecovery->run(
            $this->status($sequence),
            $this->clock->now()->modify('+1 minute')
        );
    }

    private function status(int $sequence): BindingStatus
    {
        return new BindingStatus('active', sequence: $sequence);
    }

    /**
     * @param array<string, mixed>|null $values
     * @return array<string, mixed>
     */
    private function ordered(?array $values): array
    {
        $values ??= [];

        return ['at' => $values['at'], 'from' => $values['from'], 'to' => $values['to'], 'done' => $values['done']];
    }
}
