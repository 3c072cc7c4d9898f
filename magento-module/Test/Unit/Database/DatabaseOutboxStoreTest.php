<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Database;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\OutboxEntry;
use Byte8\SageAccounting\Model\Outbox\OutboxRows;
use Byte8\SageAccounting\Model\Outbox\OutboxStoreInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition;
use Byte8\SageAccounting\Model\Outbox\ResourceConnectionOutboxStore;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\ResourceConnectionSyncStateStore;
use Byte8\SageAccounting\Model\SyncState\SyncStateRows;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Database\TestDatabase;
use Byte8\SageAccounting\Test\Unit\Outbox\OutboxStoreTest;

/**
 * The outbox on a real MariaDB: everything that the port promises, and what only a database can get wrong.
 */
class DatabaseOutboxStoreTest extends OutboxStoreTest
{
    private TestDatabase $database;

    private ResourceConnectionSyncStateStore $syncState;

    private \DateTimeImmutable $noon;

    protected function createStore(): OutboxStoreInterface
    {
        $this->noon = new \DateTimeImmutable('2026-11-21T12:00:00Z');
        $this->database = TestDatabase::fresh();
        $this->syncState = new ResourceConnectionSyncStateStore($this->database->tables, new SyncStateRows());

        return $this->storeOn($this->database);
    }

    public function testRolledBackSaveLeavesNothing(): void
    {
        $store = $this->createStore();
        $this->database->adapter->beginTransaction();
        $store->capture($this->invoice(1));
        $this->database->adapter->rollBack();

        self::assertSame([], $store->claimForTranslation('a', 10, $this->noon));
        self::assertSame([], $this->syncState->find('invoice', [1]));
    }

    public function testUncommittedRowIsSeenByNobodyElse(): void
    {
        $store = $this->createStore();
        $worker = $this->storeOn($this->database->another());
        $this->database->adapter->beginTransaction();
        $store->capture($this->invoice(1));

        self::assertSame([], $worker->claimForTranslation('a', 10, $this->noon));
        $this->database->adapter->commit();
        self::assertCount(1, $worker->claimForTranslation('a', 10, $this->noon));
    }

    public function testCaptureAndARepetitionAreTwoStatementsEach(): void
    {
        $store = $this->createStore();
        $before = $this->database->adapter->statements;
        $store->capture($this->invoice(1));
        self::assertSame(2, $this->database->adapter->statements - $before);
        $store->capture($this->invoice(1));
        self::assertSame(4, $this->database->adapter->statements - $before);
    }

    public function testBatchTakesAsManyStatementsAsOneRow(): void
    {
        $used = [];
        foreach ([1, 300] as $number) {
            $store = $this->createStore();
            $store->capture(...array_map($this->invoice(...), range(1, $number)));
            $before = $this->database->adapter->statements;
            $claimed = $store->claimForTranslation('a', $number, $this->noon);
            $written = $store->replaceAll(array_map(
                static fn (OutboxEntry $entry): array => [$entry, $entry->after(OutboxTransition::Skip, [
                    'reasonCode' => 'zero_value_invoice',
                    'reasonMessage' => 'Number ' . $entry->event->entityId,
                ])->released()],
                $claimed
            ));
            self::assertCount($number, $written);
            $used[] = $this->database->adapter->statements - $before;
        }

        self::assertSame($used[0], $used[1]);
        $last = $this->database->adapter->fetchRow('SELECT * FROM byte8_event_outbox ORDER BY id DESC LIMIT 1');
        self::assertSame(['skipped', 'zero_value_invoice', 'Number 300', null, 'invoice.created:300'], [
            $last['state'], $last['reason_code'], $last['reason_message'], $last['claim_token'],
            $last['idempotency_key'],
        ]);
    }

    public function testLongDocumentsAreWrittenInPartsThatTheDatabaseTakes(): void
    {
        $store = $this->createStore();
        $store->capture(...array_map($this->invoice(...), range(1, 40)));
        $event = json_encode(['text' => str_repeat('"', 250_000)]);
        $changes = array_map(
            static fn (OutboxEntry $entry): array => [
                $entry,
                $entry->after(OutboxTransition::Skip, ['eventJson' => $event])->released(),
            ],
            $store->claimForTranslation('a', 40, $this->noon)
        );
        $this->database->adapter->execute('SET GLOBAL max_allowed_packet = 4194304');
        $worker = $this->storeOn($this->database->another());

        self::assertCount(40, $worker->replaceAll($changes), '20 MB');
        self::assertSame(['40'], $this->database->adapter->fetchCol(
            'SELECT COUNT(*) FROM byte8_event_outbox WHERE LENGTH(event_json) > 500000'
        ));
        $this->database->adapter->execute('SET GLOBAL max_allowed_packet = 16777216');
    }

    public function testOfABatchOnlyRowsThatNobodyElseHasChangedAreWritten(): void
    {
        $store = $this->createStore();
        $store->capture($this->invoice(1), $this->invoice(2));
        [$one, $other] = $store->claimForTranslation('a', 2, $this->noon);
        self::assertTrue($store->replace($one, $one->after(OutboxTransition::Reject)->released()));
        $written = $store->replaceAll([
            [$one, $one->after(OutboxTransition::Skip)->released()],
            [$other, $other->after(OutboxTransition::Skip)->released()],
        ]);

        self::assertSame([[$other->event->sequence]], array_map(
            static fn (array $change): array => [$change[0]->event->sequence],
            $written
        ));
        $states = $this->database->adapter->fetchCol('SELECT state FROM byte8_event_outbox ORDER BY id');
        self::assertSame(['rejected', 'skipped'], $states);
    }

    public function testBothEventsOfASaveAreTwoStatements(): void
    {
        $store = $this->createStore();
        $before = $this->database->adapter->statements;
        $store->capture($this->invoice(1), new CaptureRequest(EventName::InvoicePaid, 1, 1));

        self::assertSame(2, $this->database->adapter->statements - $before);
        $state = $this->syncState->find('invoice', [1])[1];
        self::assertSame(SyncStatus::Pending, $state->document()?->status);
        self::assertSame(SyncStatus::Pending, $state->aspect(SyncAspect::PAYMENT)?->status);
    }

    public function testOfSeveralEventsOnlyTheNewOnesAreShownAsPending(): void
    {
        $store = $this->createStore();
        $store->capture($this->invoice(1), $this->invoice(2), $this->invoice(3));
        $this->database->adapter->update('byte8_entity_sync_state', ['sync_status' => 'synced']);
        $paid = new CaptureRequest(EventName::InvoicePaid, 1, 1);

        self::assertSame(2, $store->capture($this->invoice(1), $paid, $this->invoice(2), $this->invoice(4)));
        $states = $this->syncState->find('invoice', [1, 2, 3, 4]);
        self::assertSame(SyncStatus::Pending, $states[1]->aspect(SyncAspect::PAYMENT)?->status);
        self::assertSame(
            [SyncStatus::Synced, SyncStatus::Synced, SyncStatus::Synced, SyncStatus::Pending],
            array_map(static fn (int $id) => $states[$id]->document()?->status, [1, 2, 3, 4])
        );
    }

    public function testEventsWithAndWithoutForceAreNotedTogether(): void
    {
        $store = $this->createStore();
        $forced = static fn (int $id) => new CaptureRequest(EventName::CustomerUpserted, $id, 1, true);
        $store->capture(new CaptureRequest(EventName::CustomerUpserted, 5, 1));
        $this->database->adapter->update('byte8_entity_sync_state', ['sync_status' => 'synced']);

        self::assertSame(2, $store->capture($forced(5), $forced(6), $this->invoice(1)));
        $states = $this->syncState->find('customer', [5, 6]);
        self::assertSame(SyncStatus::Synced, $states[5]->document()?->status);
        self::assertSame(SyncStatus::Pending, $states[6]->document()?->status);
    }

    public function testCaptureShowsTheEntityAsPendingOnce(): void
    {
        $store = $this->createStore();
        $store->capture($this->invoice(1));
        self::assertSame(SyncStatus::Pending, $this->syncState->find('invoice', [1])[1]->document()?->status);

        $this->database->adapter->update('byte8_entity_sync_state', ['sync_status' => 'synced']);
        $store->capture($this->invoice(1));
        self::assertSame(SyncStatus::Synced, $this->syncState->find('invoice', [1])[1]->document()?->status);
    }

    public function testHeldEntityIsNotTakenUntilItIsReleased(): void
    {
        $store = $this->createStore();
        $store->capture($this->invoice(1));
        $store->capture($this->invoice(2));
        $this->syncState->hold('invoice', 1, HoldMode::Never, 'Ann');
        $ready = $store->claimForTranslation('a', 10, $this->noon);
        self::assertSame([2], array_map(static fn (OutboxEntry $entry): int => $entry->event->sequence, $ready));

        $store->replace($ready[0], $ready[0]->after(OutboxTransition::Freeze, ['planJson' => '{}'])->released());
        $this->syncState->hold('invoice', 2, HoldMode::Hold, 'Ann');
        self::assertSame([], $store->claimForDelivery('b', 10, $this->noon));
        $this->syncState->release('invoice', 2);
        self::assertCount(1, $store->claimForDelivery('b', 10, $this->noon));
    }

    public function testFrozenBytesComeBackAsTheyWere(): void
    {
        $store = $this->createStore();
        $store->capture($this->invoice(1));
        $entry = $store->claimForTranslation('a', 1, $this->noon)[0];
        $plan = '{"name":"Gr\u00f6\u00dfe \"quoted\" \\\\ ' . "Größe – €" . '"}';
        $frozen = $entry->after(OutboxTransition::Freeze, [
            'planJson' => $plan,
            'contentDigest' => hash('sha256', $plan),
            'firedRules' => ['SQ-007', 'SQ-017'],
            'warningsJson' => '[{"code":"x"}]',
            'fingerprint' => hash('sha256', 'f'),
        ]);
        self::assertTrue($store->replace($entry, $frozen->released()));
        $read = $store->claimForDelivery('b', 1, $this->noon)[0];

        self::assertSame($plan, $read->planJson);
        self::assertSame($read->contentDigest, hash('sha256', (string) $read->planJson));
        self::assertSame([['SQ-007', 'SQ-017'], '[{"code":"x"}]'], [$read->firedRules, $read->warningsJson]);
        self::assertSame($frozen->fingerprint, $read->fingerprint);
    }

    public function testReplacingWritesOnlyWhatHasChanged(): void
    {
        $store = $this->createStore();
        $store->capture($this->invoice(1));
        $entry = $store->claimForTranslation('a', 1, $this->noon)[0];
        $this->database->adapter->update('byte8_event_outbox', ['fingerprint' => 'of another', 'is_forced' => 1]);
        self::assertTrue($store->replace($entry, $entry->after(OutboxTransition::Freeze, ['planJson' => '{}'])));

        $row = $this->database->adapter->fetchRow('SELECT * FROM byte8_event_outbox');
        self::assertSame(['ready', '{}', 'a'], [$row['state'], $row['plan_json'], $row['claim_token']]);
        self::assertSame(['of another', '1'], [$row['fingerprint'], $row['is_forced']]);
    }

    public function testTwoWorkersOnTwoConnectionsShareTheRowsWithoutOverlap(): void
    {
        $store = $this->createStore();
        foreach (range(1, 60) as $id) {
            $store->capture($this->invoice($id));
        }
        $workers = [$store, $this->storeOn($this->database->another())];
        $taken = [];
        foreach (range(0, 11) as $round) {
            foreach ($workers[$round % 2]->claimForTranslation('w' . $round, 5, $this->noon) as $entry) {
                $taken[] = $entry->event->sequence;
            }
        }

        self::assertCount(60, $taken);
        self::assertSame(range(1, 60), $taken);
    }

    private function invoice(int $id): CaptureRequest
    {
        return new CaptureRequest(EventName::InvoiceCreated, $id, 1);
    }

    private function storeOn(TestDatabase $database): ResourceConnectionOutboxStore
    {
        return new ResourceConnectionOutboxStore(
            $database->tables,
            new OutboxRows(),
            new ResourceConnectionSyncStateStore($database->tables, new SyncStateRows())
        );
    }
}
