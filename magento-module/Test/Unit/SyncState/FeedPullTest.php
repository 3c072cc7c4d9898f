<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\SyncState;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition as Step;
use Byte8\SageAccounting\Model\SyncState\FeedPull;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Fake\FakeRelay;

/**
 * The relay's feed into the mirror, on a real MariaDB.
 */
class FeedPullTest extends DatabaseTestCase
{
    private FakeRelay $relay;

    private FeedPull $feed;

    protected function setUp(): void
    {
        parent::setUp();
        $this->relay = new FakeRelay();
        $this->feed = new FeedPull($this->relay, $this->syncState, $this->editor, $this->values, $this->clock);
    }

    public function testPagesAreReadToTheEndAndTheCursorIsKept(): void
    {
        $this->relay->pages = [
            ['items' => [self::item('invoice.created:1', 'succeeded')], 'next' => '10'],
            ['items' => [self::item('invoice.created:2', 'rejected')], 'next' => '20'],
        ];
        self::assertSame(2, $this->feed->pull($this->clock->now->modify('+1 minute')));
        self::assertSame('20', $this->values->get('feed.cursor'));

        $found = $this->syncState->find('invoice', [1, 2]);
        self::assertSame(SyncStatus::Synced, $found[1]->document()?->status);
        self::assertSame(['SI-27', '35.9900', '35.9900', 'run-1'], [
            $found[1]->document()->ledgerReference,
            $found[1]->document()->expectedTotal,
            $found[1]->document()->ledgerTotal,
            $found[1]->document()->runId,
        ]);
        self::assertSame(SyncStatus::Failed, $found[2]->document()?->status);
    }

    public function testAnInvoiceInTheLedgerStaysSyncedWhenOnlyItsPaymentFails(): void
    {
        $this->feed->record([
            self::item('invoice.created:1', 'succeeded'),
            self::item('invoice.paid:1', 'rejected', ['code' => 'sage_rejected', 'detail' => 'no bank']),
        ]);
        $state = $this->syncState->find('invoice', [1])[1];

        self::assertSame(SyncStatus::Synced, $state->document()?->status);
        self::assertSame(
            [SyncStatus::Failed, 'sage_rejected', 'no bank'],
            [
                $state->aspect('payment')?->status,
                $state->aspect('payment')?->reasonCode,
                $state->aspect('payment')?->reasonMessage,
            ]
        );
    }

    public function testAnswersAboutTheEarlierDocumentOfAnIdSayNothingOfTheLater(): void
    {
        $dead = [Step::Freeze, Step::StartDelivery, Step::DeadLetter];
        $this->stored(EventName::InvoiceCreated, 1, self::plan('{}') + ['reasonCode' => 'id_used_again'], ...$dead);
        $this->stored(EventName::InvoiceCreated, 2, self::plan('{}') + ['reasonCode' => 'http_422'], ...$dead);
        $items = [self::item('invoice.created:1', 'succeeded'), self::item('invoice.created:2', 'succeeded')];
        self::assertSame(1, $this->feed->record($items));
        self::assertNotSame(SyncStatus::Synced, $this->syncState->find('invoice', [1])[1]->document()?->status);

        // Once a person has accepted the later one, its results count.
        $this->database->adapter->update('byte8_event_outbox', ['state' => 'delivered', 'reason_code' => '']);
        self::assertSame(2, $this->feed->record($items));
    }

    public function testWhatTheLedgerSaidIsKeptItemByItem(): void
    {
        $this->feed->record([self::item('invoice.created:1', 'rejected', [
            'code' => 'sage_rejected',
            'detail' => 'Refused.',
            'pointer' => '/steps/1/body',
            'items' => [['code' => 'RecordInvalid', 'message' => 'This field is required.', 'source' => 'x.y']],
        ])]);
        $row = $this->syncState->find('invoice', [1])[1]->document();

        self::assertSame("Refused.\nRecordInvalid – This field is required. – x.y", $row?->reasonMessage);
        self::assertSame('/steps/1/body', $row->reasonPointer);
    }

    public function testADifferingTotalIsNotHidden(): void
    {
        $finding = ['code' => 'total_differs', 'detail' => 'd'];
        $this->feed->record([self::item('invoice.created:1', 'succeeded', $finding)]);

        self::assertSame(SyncStatus::Mismatch, $this->syncState->find('invoice', [1])[1]->document()?->status);
    }

    public function testEveryRunStateHasAStatus(): void
    {
        $expected = [
            'queued' => 'pending', 'running' => 'pending', 'waiting' => 'pending', 'parked' => 'pending',
            'superseded' => 'pending', 'succeeded' => 'synced', 'rejected' => 'failed', 'ambiguous' => 'review',
            'a word of tomorrow' => 'pending',
        ];
        foreach ($expected as $state => $status) {
            self::assertSame($status, SyncStatus::ofRunState($state, '')->value, $state);
        }
        foreach (['canceled_in_magento', 'invoiced_in_magento'] as $reason) {
            self::assertSame(SyncStatus::Skipped, SyncStatus::ofRunState('superseded', $reason), $reason);
        }
    }

    public function testACustomerStandsInTheLedgerOnceForEachCurrency(): void
    {
        $contact = static fn (int $id, string $currency, string $ledgerId): array => [
            'customer_id' => $id, 'currency' => $currency, 'sage_id' => $ledgerId,
            'sage_reference' => 'Pat ' . $currency,
        ];
        $euro = $contact(5, 'EUR', 'e5');
        $recorded = $this->feed->record([
            ['cursor' => '3', 'contacts' => [$euro]] + self::item('invoice.created:1', 'succeeded'),
            ['cursor' => '4', 'contacts' => [$contact(5, 'GBP', 'g5'), $euro]]
                + self::item('customer.upserted:5', 'succeeded'),
            ['cursor' => '5', 'contacts' => [$contact(6, 'GBP', 'g6')]] + self::item('invoice.created:2', 'rejected'),
            ['contacts' => ['x', ['customer_id' => '7'], ['customer_id' => 0, 'currency' => 'GBP'],
                ['customer_id' => 7, 'currency' => 'pounds']]] + self::item('invoice.created:3', 'succeeded'),
            ['contacts' => 'x'] + self::item('invoice.created:4', 'succeeded'),
        ]);
        $states = $this->syncState->find('customer', [5, 6, 7]);

        self::assertSame([5, [5]], [$recorded, array_keys($states)]);
        $told = [];
        foreach ($states[5]->currencies() as $row) {
            $told[$row->aspect] = [$row->status, $row->ledgerId, $row->ledgerReference, $row->feedCursor];
        }
        ksort($told);
        self::assertSame([
            'EUR' => [SyncStatus::Synced, 'e5', 'Pat EUR', 4],
            'GBP' => [SyncStatus::Synced, 'g5', 'Pat GBP', 4],
        ], $told);
        self::assertSame(SyncStatus::Synced, $states[5]->document()?->status);
        self::assertSame(5, array_sum($this->syncState->counts()), 'currencies are not counted as customers');
    }

    public function testItemsAboutSomethingElseAreLeftOut(): void
    {
        $recorded = $this->feed->record([
            self::item('estimate.created:1', 'succeeded'),
            self::item('invoice.created:x', 'succeeded'),
            self::item('invoice.created:0', 'succeeded'),
            ['key' => 5],
            [],
            self::item('invoice.created:1', 'succeeded'),
        ]);

        self::assertSame(1, $recorded);
    }

    public function testRefusalMakesTheSameContentGoOutAgain(): void
    {
        $changes = self::plan('{}') + ['fingerprint' => 'f', 'runId' => 'run-5'];
        $this->stored(EventName::CustomerUpserted, 5, $changes, Step::Freeze);
        $this->captured(EventName::CustomerUpserted, 5);
        $newest = $this->store->claimForTranslation('t', 1, $this->clock->now())[0];
        self::assertSame('f', $this->store->earlierFingerprint($newest));

        $this->feed->record([self::item('customer.upserted:5', 'rejected')]);
        self::assertNull($this->store->earlierFingerprint($newest));
    }

    public function testAStateNeverGoesBackwards(): void
    {
        $late = ['cursor' => '9'] + self::item('invoice.created:1', 'succeeded');
        self::assertSame(1, $this->feed->record([$late]));
        self::assertSame(0, $this->feed->record([['cursor' => '5'] + self::item('invoice.created:1', 'rejected')]));
        self::assertSame(1, $this->feed->record([['cursor' => '5'] + self::item('invoice.paid:1', 'rejected')]));
        self::assertSame(SyncStatus::Synced, $this->syncState->find('invoice', [1])[1]->document()?->status);

        $this->feed->startOver();
        self::assertSame(1, $this->feed->record([['cursor' => '1'] + self::item('invoice.created:1', 'rejected')]));
    }

    public function testManyEntitiesTakeTwoQueries(): void
    {
        foreach (range(1, 50) as $id) {
            $this->feed->record([self::item('invoice.created:' . $id, 'succeeded')]);
        }
        $this->syncState->hold('invoice', 7, HoldMode::Never, 'Ann');
        $this->syncState->hold('invoice', 99, HoldMode::Hold, 'Ann');
        $before = $this->database->adapter->statements;
        $found = $this->syncState->find('invoice', range(1, 99));

        self::assertSame(2, $this->database->adapter->statements - $before);
        self::assertCount(51, $found);
        self::assertSame([HoldMode::Never, HoldMode::Hold, null], [$found[7]->hold, $found[99]->hold, $found[8]->hold]);
    }

    public function testTheSqlOfTheOldManualStillWorks(): void
    {
        $this->database->adapter->execute(
            'INSERT INTO byte8_entity_sync_state (entity_type, magento_id, provider, sync_status, last_sync_at) '
            . "VALUES ('invoice', 44, 'sage_accounting', 'synced', NOW())"
        );

        self::assertSame(SyncStatus::Synced, $this->syncState->find('invoice', [44])[44]->document()?->status);
    }

    /**
     * @param ?array<string, mixed> $error
     * @return array<string, mixed>
     */
    private static function item(string $key, string $status, ?array $error = null): array
    {
        $id = substr((string) strrchr($key, ':'), 1);

        return [
            'cursor' => '1', 'key' => $key, 'run_id' => 'run-' . $id, 'status' => $status, 'sage_id' => 'abc',
            'sage_reference' => 'SI-27', 'expected_total' => '35.99', 'sage_total' => '35.99', 'error' => $error,
        ];
    }
}
