<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Outbox;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\OutboxEntry;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\OutboxStoreInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition;
use Byte8\SageAccounting\Test\Fake\InMemoryOutboxStore;
use PHPUnit\Framework\TestCase;

/**
 * What every outbox store must do; a store on a real database passes the same tests by overriding createStore().
 */
class OutboxStoreTest extends TestCase
{
    private OutboxStoreInterface $store;

    private \DateTimeImmutable $now;

    protected function setUp(): void
    {
        $this->store = $this->createStore();
        $this->now = new \DateTimeImmutable('2026-11-21T12:00:00Z');
    }

    protected function createStore(): OutboxStoreInterface
    {
        return new InMemoryOutboxStore();
    }

    public function testDocumentIsNotedOnceForEver(): void
    {
        $this->capture(EventName::InvoiceCreated, 33);
        $this->capture(EventName::InvoiceCreated, 33);
        $claimed = $this->store->claimForTranslation('a', 10, $this->now);
        $this->capture(EventName::InvoiceCreated, 33);

        self::assertCount(1, $claimed);
        self::assertSame('invoice.created:33', $claimed[0]->event->key());
        self::assertSame([], $this->store->claimForTranslation('b', 10, $this->now));
    }

    public function testEditsOfACustomerCoalesceUntilTheRowIsTaken(): void
    {
        $this->capture(EventName::CustomerUpserted, 5);
        $this->capture(EventName::CustomerUpserted, 5);
        $first = $this->store->claimForTranslation('a', 10, $this->now);
        $this->capture(EventName::CustomerUpserted, 5);
        $this->capture(EventName::CustomerUpserted, 5);
        $second = $this->store->claimForTranslation('b', 10, $this->now);

        self::assertSame([1, 1], [count($first), count($second)]);
        self::assertGreaterThan($first[0]->event->sequence, $second[0]->event->sequence);
        self::assertSame($first[0]->event->key(), $second[0]->event->key());
    }

    public function testDeliveringAnOldRowLeavesANewerCaptureAlone(): void
    {
        $this->capture(EventName::CustomerUpserted, 5);
        $this->toReady($this->store->claimForTranslation('a', 1, $this->now)[0]);
        $this->capture(EventName::CustomerUpserted, 5);
        $this->store->claimForDelivery('b', 10, $this->now);
        $this->capture(EventName::CustomerUpserted, 5);

        self::assertCount(1, $this->store->claimForTranslation('c', 10, $this->now));
    }

    public function testTwoWorkersNeverTakeTheSameRow(): void
    {
        foreach ([1, 2, 3] as $id) {
            $this->capture(EventName::InvoiceCreated, $id);
        }
        $first = $this->store->claimForTranslation('a', 2, $this->now);
        $second = $this->store->claimForTranslation('b', 2, $this->now);

        self::assertSame([1, 2], $this->ids($first));
        self::assertSame([3], $this->ids($second));
        self::assertSame(['a', 'b'], [$first[0]->claimToken, $second[0]->claimToken]);
    }

    public function testReplaceIsRefusedToAWorkerWhoseClaimIsGone(): void
    {
        $this->capture(EventName::InvoiceCreated, 1);
        $late = $this->store->claimForTranslation('a', 1, $this->now)[0];
        $later = $this->now->modify('+1 second');
        self::assertSame(0, $this->store->releaseClaimsOutside($this->now, $later));
        self::assertSame(1, $this->store->releaseClaimsOutside($later, $later));
        $new = $this->store->claimForTranslation('b', 1, $this->now)[0];

        self::assertFalse($this->store->replace($late, $late->after(OutboxTransition::Skip)->released()));
        self::assertTrue($this->store->replace($new, $new->after(OutboxTransition::Skip)->released()));
        self::assertFalse($this->store->replace($new, $new->after(OutboxTransition::Reject)->released()));
    }

    public function testPaidWaitsUntilCreatedIsDelivered(): void
    {
        $this->capture(EventName::InvoiceCreated, 33);
        $this->capture(EventName::InvoicePaid, 33);
        $this->capture(EventName::InvoiceCreated, 34);
        foreach ($this->store->claimForTranslation('t', 10, $this->now) as $entry) {
            $this->toReady($entry);
        }
        $first = $this->store->claimForDelivery('a', 10, $this->now);
        self::assertSame([1, 3], $this->ids($first));

        $this->deliver($first[0]);
        self::assertSame([2], $this->ids($this->store->claimForDelivery('b', 10, $this->now)));
    }

    public function testFailedRowIsTakenAgainWhenItsTimeHasCome(): void
    {
        $this->capture(EventName::InvoiceCreated, 33);
        $this->toReady($this->store->claimForTranslation('t', 1, $this->now)[0]);
        $claimed = $this->store->claimForDelivery('a', 1, $this->now)[0];
        $delivering = $claimed->after(OutboxTransition::StartDelivery, ['attempts' => 1]);
        $this->store->replace($claimed, $delivering);
        $this->store->replace($delivering, $delivering->after(OutboxTransition::FailDelivery, [
            'nextAttemptAt' => $this->now->modify('+60 seconds'),
        ])->released());

        self::assertSame([], $this->store->claimForDelivery('b', 1, $this->now->modify('+59 seconds')));
        $again = $this->store->claimForDelivery('b', 1, $this->now->modify('+60 seconds'));
        self::assertSame([1, '{"key":"x"}'], [$again[0]->attempts, $again[0]->planJson]);
    }

    public function testAClaimInTheFutureIsReleasedAndAFarAttemptIsDue(): void
    {
        $this->capture(EventName::InvoiceCreated, 33);
        $later = $this->now->modify('+1 hour');
        $this->toReady($this->store->claimForTranslation('t', 1, $this->now)[0]);
        $claimed = $this->store->claimForDelivery('a', 1, $later)[0];
        self::assertSame([], $this->store->claimForDelivery('b', 1, $this->now));
        self::assertSame(0, $this->store->releaseClaimsOutside($this->now, $later));
        self::assertSame(1, $this->store->releaseClaimsOutside($this->now, $this->now->modify('+2 minutes')));

        $claimed = $this->store->claimForDelivery('b', 1, $this->now)[0];
        $delivering = $claimed->after(OutboxTransition::StartDelivery, ['attempts' => 1]);
        $this->store->replace($claimed, $delivering);
        $this->store->replace($delivering, $delivering->after(OutboxTransition::FailDelivery, [
            'nextAttemptAt' => $this->now->modify('+25 hours'),
        ])->released());
        self::assertSame([], $this->store->claimForDelivery('c', 1, $this->now->modify('+1 hour')));
        self::assertCount(1, $this->store->claimForDelivery('c', 1, $this->now));
    }

    public function testDeliveryCutShortIsTakenAgain(): void
    {
        $this->capture(EventName::InvoiceCreated, 33);
        $this->toReady($this->store->claimForTranslation('t', 1, $this->now)[0]);
        $claimed = $this->store->claimForDelivery('a', 1, $this->now)[0];
        $this->store->replace($claimed, $claimed->after(OutboxTransition::StartDelivery));
        $this->store->releaseClaimsOutside($this->now->modify('+1 minute'), $this->now->modify('+1 minute'));

        $again = $this->store->claimForDelivery('b', 1, $this->now);
        self::assertSame(OutboxState::Delivering, $again[0]->state);
        self::assertSame(OutboxState::Delivering, $again[0]->after(OutboxTransition::StartDelivery)->state);
    }

    public function testRowsOfOneDocumentAreGivenWithoutTakingThem(): void
    {
        $this->capture(EventName::InvoiceCreated, 33);
        $this->capture(EventName::CreditMemoCreated, 33);
        $this->capture(EventName::InvoicePaid, 33);
        $this->capture(EventName::InvoiceCreated, 34);

        self::assertSame([1, 3], $this->ids($this->store->capturedOf('invoice', 33)));
        self::assertSame([1, 2, 3, 4], $this->ids($this->store->claimForTranslation('b', 10, $this->now)));
        self::assertSame([], $this->store->capturedOf('invoice', 33));
    }

    public function testRowsOfOneDocumentAreSentTogetherOrNotAtAll(): void
    {
        foreach ([EventName::InvoiceCreated, EventName::InvoicePaid] as $name) {
            $this->capture($name, 33);
            $this->capture($name, 34);
        }
        $this->capture(EventName::CreditMemoCreated, 33);
        array_map($this->toReady(...), $this->store->claimForTranslation('t', 10, $this->now));

        self::assertSame([1, 3], $this->ids($this->store->claimDeliveryOf('invoice', 33, 'a', $this->now)));
        self::assertSame([], $this->store->claimDeliveryOf('invoice', 33, 'b', $this->now), 'they are taken');
        self::assertSame([2, 5], $this->ids($this->store->claimForDelivery('cron', 10, $this->now)));
        self::assertSame([], $this->store->claimDeliveryOf('invoice', 34, 'c', $this->now), 'cron has the older one');
    }

    public function testUndecidedRowKeepsItsDocumentBack(): void
    {
        $this->capture(EventName::InvoiceCreated, 33);
        $this->capture(EventName::InvoicePaid, 33);
        $this->toReady($this->store->claimForTranslation('t', 1, $this->now)[0]);

        self::assertSame([], $this->store->claimDeliveryOf('invoice', 33, 'a', $this->now));
        self::assertSame([1], $this->ids($this->store->claimForDelivery('cron', 10, $this->now)));
    }

    public function testBackfillGoesAfterEverythingOfToday(): void
    {
        $this->captureForBackfill(EventName::InvoiceCreated, 1);
        $this->captureForBackfill(EventName::InvoiceCreated, 2);
        $this->capture(EventName::InvoiceCreated, 3);
        $first = $this->store->claimForTranslation('a', 2, $this->now);
        self::assertSame([3, 1], $this->ids($first));
        array_map($this->toReady(...), [...$first, ...$this->store->claimForTranslation('b', 2, $this->now)]);

        self::assertSame([3, 1], $this->ids($this->store->claimForDelivery('c', 2, $this->now)));
        self::assertSame([2], $this->ids($this->store->claimForDelivery('d', 2, $this->now)));
    }

    public function testWhatIsQueuedAgainInBulkGoesAfterEverythingOfToday(): void
    {
        $this->store->capture(new CaptureRequest(EventName::CustomerUpserted, 5, 1, true));
        $this->store->capture(new CaptureRequest(EventName::CustomerUpserted, 6, 1, true));
        $this->capture(EventName::CustomerUpserted, 7);
        $this->store->moveToBackfill('customer', [5, 7]);

        self::assertSame([2, 3, 1], $this->ids($this->store->claimForTranslation('a', 9, $this->now)));
    }

    public function testWhatHappensTodayTakesItsRecordOutOfTheBackfill(): void
    {
        foreach ([7, 8, 9] as $id) {
            $this->captureForBackfill(EventName::InvoiceCreated, $id);
        }
        $this->capture(EventName::InvoicePaid, 9);
        $this->capture(EventName::InvoiceCreated, 8);
        $claimed = $this->store->claimForTranslation('a', 2, $this->now);
        self::assertSame([2, 4], $this->ids($claimed), 'what was captured again, and the payment');
        array_map($this->toReady(...), $claimed);

        self::assertSame([3], $this->ids($this->store->claimForTranslation('b', 1, $this->now)), 'its invoice');
    }

    public function testEditOfAnOrderThatWasGivenGetsItsOwnRow(): void
    {
        $this->capture(EventName::OrderPlaced, 9);
        $this->capture(EventName::OrderPlaced, 9);
        self::assertSame([1], $this->ids($this->store->capturedOf('order', 9)));
        $this->capture(EventName::OrderPlaced, 9);
        $this->capture(EventName::OrderCanceled, 9);

        self::assertCount(3, $this->store->capturedOf('order', 9));
    }

    public function testOfTwoWhoDecideTheSameRowTheFirstWins(): void
    {
        $this->capture(EventName::InvoiceCreated, 33);
        $unclaimed = $this->store->capturedOf('invoice', 33)[0];
        $claimed = $this->store->claimForTranslation('cron', 10, $this->now)[0];

        self::assertFalse($this->store->replace($unclaimed, $unclaimed->after(OutboxTransition::Skip)));
        self::assertTrue($this->store->replace($claimed, $claimed->after(OutboxTransition::Skip)->released()));
        self::assertFalse($this->store->replace($unclaimed, $unclaimed->after(OutboxTransition::Reject)));
    }

    public function testCaptureSaysHowManyRowsItMadeAndKeepsTheirOrder(): void
    {
        $created = new CaptureRequest(EventName::InvoiceCreated, 33, 1);
        $paid = new CaptureRequest(EventName::InvoicePaid, 33, 1);
        $other = new CaptureRequest(EventName::InvoiceCreated, 34, 1);

        self::assertSame(0, $this->store->capture());
        self::assertSame(2, $this->store->capture($created, $paid));
        self::assertSame(0, $this->store->capture($created, $paid));
        self::assertSame(1, $this->store->capture($paid, $other, $other));
        self::assertSame(
            ['invoice.created:33', 'invoice.paid:33', 'invoice.created:34'],
            array_map(
                static fn (OutboxEntry $entry): string => $entry->event->key(),
                $this->store->claimForTranslation('a', 10, $this->now)
            )
        );
    }

    public function testFingerprintOfTheNewestRowThatWasNotSkippedCounts(): void
    {
        $fingerprints = ['one' => OutboxTransition::Freeze, 'two' => OutboxTransition::Freeze];
        foreach ($fingerprints + ['three' => OutboxTransition::Skip] as $fingerprint => $transition) {
            $this->capture(EventName::CustomerUpserted, 5);
            $entry = $this->store->claimForTranslation('a', 1, $this->now)[0];
            $this->store->replace($entry, $entry->after($transition, ['fingerprint' => $fingerprint])->released());
        }
        $this->capture(EventName::CustomerUpserted, 5);
        $this->capture(EventName::CustomerUpserted, 6);
        $newest = $this->store->claimForTranslation('b', 2, $this->now);

        self::assertSame('two', $this->store->earlierFingerprint($newest[0]));
        self::assertNull($this->store->earlierFingerprint($newest[1]));
    }

    public function testFingerprintOfAnOrderIsThatOfItsNewestEvent(): void
    {
        foreach (['one' => EventName::OrderPlaced, 'two' => EventName::OrderInvoiced] as $fingerprint => $name) {
            $this->capture($name, 9);
            $entry = $this->store->claimForTranslation('a', 1, $this->now)[0];
            $frozen = $entry->after(OutboxTransition::Freeze, ['fingerprint' => $fingerprint]);
            $this->store->replace($entry, $frozen->released());
        }
        $this->capture(EventName::OrderPlaced, 9);

        self::assertSame('two', $this->store->earlierFingerprint(
            $this->store->claimForTranslation('b', 1, $this->now)[0]
        ), 'an order that is open again has changed');
    }

    private function captureForBackfill(EventName $name, int $entityId): void
    {
        $this->store->capture(new CaptureRequest($name, $entityId, 1, isBackfill: true));
    }

    private function capture(EventName $name, int $entityId): void
    {
        $this->store->capture(new CaptureRequest($name, $entityId, 1));
    }

    private function toReady(OutboxEntry $entry): void
    {
        $ready = $entry->after(OutboxTransition::Freeze, ['planJson' => '{"key":"x"}'])->released();
        self::assertTrue($this->store->replace($entry, $ready));
    }

    private function deliver(OutboxEntry $entry): void
    {
        $delivering = $entry->after(OutboxTransition::StartDelivery);
        self::assertTrue($this->store->replace($entry, $delivering));
        $delivered = $delivering->after(OutboxTransition::ConfirmDelivery)->released();
        self::assertTrue($this->store->replace($delivering, $delivered));
    }

    /**
     * @param OutboxEntry[] $entries
     * @return int[]
     */
    private function ids(array $entries): array
    {
        return array_map(static fn (OutboxEntry $entry): int => $entry->event->sequence, $entries);
    }
}
