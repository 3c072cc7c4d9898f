<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Outbox;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\Decision;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\Source\EventSourceInterface;
use Byte8\SageAccounting\Model\Canonical\Source\SalesDocumentRows;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\EventTranslation;
use Byte8\SageAccounting\Model\Outbox\OutboxEntry;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Byte8\SageAccounting\Model\SyncState\SyncStateRecorder;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Fake\BrokenSource;
use Byte8\SageAccounting\Test\Fake\FakeTranslator;
use Byte8\SageAccounting\Test\Fake\InMemoryOutboxStore;
use Byte8\SageAccounting\Test\Fake\InMemorySyncStateStore;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use Byte8\SageAccounting\Test\Recorded\RecordedEventBuilder;
use Byte8\SageAccounting\Test\Recorded\RecordedFile;
use PHPUnit\Framework\TestCase;

/**
 * Translation of captured rows: what is stored, and what remains when the host is broken.
 */
class EventTranslationTest extends TestCase
{
    private InMemoryOutboxStore $store;

    private InMemorySyncStateStore $mirror;

    protected function setUp(): void
    {
        $this->mirror = new InMemorySyncStateStore();
        $this->store = new InMemoryOutboxStore();
        $this->store->capture(new CaptureRequest(EventName::InvoiceCreated, 33, 1));
    }

    public function testPostFreezesThePlansBytes(): void
    {
        $plan = '{"key":"invoice.created:33","steps":[{"body":{"note":"a \",\"fired\":[ b"}}]}';

        self::assertSame(1, $this->translate(new FakeTranslator(static fn () => FakeTranslator::post($plan))));
        $entry = $this->store->entries[1];
        self::assertSame([OutboxState::Ready, $plan], [$entry->state, $entry->planJson]);
        self::assertSame(hash('sha256', $plan), $entry->contentDigest);
        self::assertStringStartsWith('{"schema":"1","event":"invoice.created"', (string) $entry->eventJson);
        self::assertNull($entry->claimToken);
    }

    public function testSkipAndRejectKeepTheirReasons(): void
    {
        $this->translate(new FakeTranslator());
        self::assertSame(OutboxState::Skipped, $this->store->entries[1]->state);
        self::assertSame(['fake', null], [$this->store->entries[1]->reasonCode, $this->store->entries[1]->planJson]);

        $this->setUp();
        $this->translate(new FakeTranslator(static fn () => FakeTranslator::reject('tax_rate_not_mapped')));
        $entry = $this->store->entries[1];
        self::assertSame(OutboxState::Rejected, $entry->state);
        self::assertSame(
            ['tax_rate_not_mapped', '/x', 'm', 's'],
            [$entry->reasonCode, $entry->reasonPointer, $entry->reasonMessage, $entry->reasonSuggestion]
        );
    }

    public function testDamagedRowIsRejectedWithItsField(): void
    {
        $this->translate(new FakeTranslator(), static function (array &$document): void {
            unset($document['events'][1]['invoice']['grand_total']);
        });
        $entry = $this->store->entries[1];

        self::assertSame(OutboxState::Rejected, $entry->state);
        self::assertSame(EventTranslation::DAMAGED_ROW, $entry->reasonCode);
        self::assertSame('events[1].invoice.grand_total', $entry->reasonPointer);
    }

    public function testBrokenHostLeavesEverythingCapturedAndUnclaimed(): void
    {
        $this->store->capture(new CaptureRequest(EventName::InvoiceCreated, 34, 1));
        $broken = new FakeTranslator(static fn () => throw new BridgeException('component_missing', 'gone', '', ''));
        try {
            $this->translate($broken);
            self::fail('a broken host must be reported');
        } catch (BridgeException $exception) {
            self::assertSame('component_missing', $exception->errorCode);
        }
        foreach ($this->store->entries as $entry) {
            self::assertSame([OutboxState::Captured, null], [$entry->state, $entry->claimToken]);
        }
    }

    public function testDocumentTooMuchForTheHostDoesNotHoldUpTheOthers(): void
    {
        $this->store->capture(new CaptureRequest(EventName::InvoiceCreated, 34, 1));
        $tooMuch = new BridgeException('fuel_exhausted', 'ran too long', '', 'raise byte8_sage.fuel');
        $answer = static fn (string $event) => str_contains($event, '"magento_entity_id":33')
            ? throw $tooMuch
            : FakeTranslator::skip('fine');

        self::assertSame(2, $this->translate(new FakeTranslator($answer)));
        self::assertSame(OutboxState::Rejected, $this->store->entries[1]->state);
        self::assertSame('fuel_exhausted', $this->store->entries[1]->reasonCode);
        self::assertSame(OutboxState::Skipped, $this->store->entries[2]->state);
    }

    public function testEditThatChangesNothingIsSkippedUnlessAPersonAskedForIt(): void
    {
        $post = static fn (string $event): Decision => FakeTranslator::post(
            '{"key":"customer.upserted:13","sequence":' . json_decode($event, true)['sequence'] . ',"steps":[]}'
        );
        foreach ([false, false, true] as $isForced) {
            $this->store->capture(new CaptureRequest(EventName::CustomerUpserted, 13, 1, $isForced));
            $this->translate(new FakeTranslator($post), null, 'customers_basic', 4);
        }
        $this->translate(new FakeTranslator($post), null, 'customers_basic', 4);

        $states = array_map(static fn (OutboxEntry $entry): OutboxState => $entry->state, $this->store->entries);
        self::assertSame(
            [2 => OutboxState::Ready, 3 => OutboxState::Skipped, 4 => OutboxState::Ready],
            array_slice($states, 1, null, true)
        );
        self::assertSame('unchanged', $this->store->entries[3]->reasonCode);
    }

    public function testUnchangedOrderShowsItsTotalsAsBefore(): void
    {
        $post = static fn (): Decision => FakeTranslator::post('{"key":"order.placed:130","sequence":1,"steps":[]}');
        foreach (['81.4500', '81.4400'] as $total) {
            $this->store->capture(new CaptureRequest(EventName::OrderPlaced, 130, 1));
            $this->translate(new FakeTranslator($post), null, 'order_cancelled', 0);
            $this->mirror->record(new SyncStateRow(
                'order',
                130,
                SyncAspect::DOCUMENT,
                SyncStatus::Pending,
                ledgerId: 'e1',
                expectedTotal: '81.4500',
                ledgerTotal: $total
            ));
            $this->store->capture(new CaptureRequest(EventName::OrderPlaced, 130, 1));
            $this->translate(new FakeTranslator($post), null, 'order_cancelled', 0);
            $shown[] = $this->mirror->rows['order:130:document']->status;
        }

        self::assertSame([SyncStatus::Synced, SyncStatus::Mismatch], $shown);
        self::assertSame('unchanged', end($this->store->entries)->reasonCode);
    }

    public function testRowThatMagentoCannotReadDoesNotHoldUpTheOthers(): void
    {
        $this->store->capture(new CaptureRequest(EventName::InvoiceCreated, 34, 1));
        $working = RecordedFile::fromJson(GoldenRows::text('ship_excl_taxed'))->event(1);
        $source = new class ($working) extends BrokenSource {
            public function salesDocument(CapturedEvent $event): SalesDocumentRows
            {
                return $event->entityId === 33 ? throw new \TypeError('oops') : $this->inner->salesDocument($event);
            }
        };
        self::assertSame(2, $this->translateFrom($source, new FakeTranslator()));
        self::assertSame('magento_read_failed', $this->store->entries[1]->reasonCode);
        self::assertSame(OutboxState::Skipped, $this->store->entries[2]->state);
    }

    public function testMirrorSaysWhatWasDecided(): void
    {
        $this->translate(new FakeTranslator(static fn () => FakeTranslator::reject('tax_rate_not_mapped')));
        $row = $this->mirror->rows['invoice:33:document'];

        self::assertSame([SyncStatus::Failed, 'tax_rate_not_mapped', 's'], [
            $row->status,
            $row->reasonCode,
            $row->reasonSuggestion,
        ]);
    }

    public function testMirrorIsNotToldAgainThatADocumentIsPending(): void
    {
        $post = static fn (): Decision => FakeTranslator::post();
        $this->translate(new FakeTranslator($post));

        self::assertSame(OutboxState::Ready, $this->store->entries[1]->state);
        self::assertSame([[], 0], [$this->mirror->rows, $this->store->transactions]);
    }

    /**
     * @return iterable<string, array{array<string, mixed>}> what an earlier decision may have left
     */
    public static function earlierDecisions(): iterable
    {
        yield 'refused by the builder' => [['reasonCode' => 'magento_row_damaged', 'isForced' => false]];
        yield 'refused by the core' => [['eventJson' => '{}', 'reasonCode' => 'tax', 'isForced' => false]];
        yield 'brought back' => [['isForced' => true]];
    }

    /**
     * @param array<string, mixed> $left
     * @dataProvider earlierDecisions
     */
    public function testMirrorIsToldOfADocumentThatWasDecidedBefore(array $left): void
    {
        $refused = $this->store->entries[1]->after(OutboxTransition::Reject, $left);
        $this->store->entries[1] = $refused->after(OutboxTransition::Retranslate);
        $this->mirror->record(new SyncStateRow('invoice', 33, 'document', SyncStatus::Failed, reasonCode: 'tax'));
        $this->translate(new FakeTranslator(static fn (): Decision => FakeTranslator::post()));

        $row = $this->mirror->rows['invoice:33:document'];
        self::assertSame([SyncStatus::Pending, '', 1], [$row->status, $row->reasonCode, $this->store->transactions]);
    }

    public function testMirrorIsToldOfACustomerWhoseEarlierEditWasAnsweredMeanwhile(): void
    {
        $this->store->capture(new CaptureRequest(EventName::CustomerUpserted, 13, 1));
        $this->mirror->record(new SyncStateRow('customer', 13, 'document', SyncStatus::Synced));
        $this->translate(
            new FakeTranslator(static fn (): Decision => FakeTranslator::post()),
            null,
            'customers_basic',
            4
        );

        self::assertSame(SyncStatus::Pending, $this->mirror->rows['customer:13:document']->status);
    }

    public function testEventsOfOneDocumentAreReadOnceAndDecidedUnclaimed(): void
    {
        $this->store->capture(new CaptureRequest(EventName::InvoicePaid, 33, 1));
        $this->store->capture(new CaptureRequest(EventName::InvoiceCreated, 34, 1));
        $source = new class (GoldenRows::file('ship_excl_taxed')->event(1)) extends BrokenSource {
            public int $reads = 0;

            public function salesDocument(CapturedEvent $event): SalesDocumentRows
            {
                $this->reads++;

                return $this->inner->salesDocument($event);
            }
        };
        $seen = [];
        $translator = new FakeTranslator(static function (string $event) use (&$seen): Decision {
            $seen[] = json_decode($event, true)['event'];

            return FakeTranslator::skip('fine');
        });

        self::assertSame(2, $this->translation($source)->runFor('invoice', 33, $translator, '{}'));
        self::assertSame([1, ['invoice.created', 'invoice.paid']], [$source->reads, $seen]);
        $states = array_map(static fn (OutboxEntry $entry): OutboxState => $entry->state, $this->store->entries);
        self::assertSame([1 => OutboxState::Skipped, OutboxState::Skipped, OutboxState::Captured], $states);
        self::assertSame(0, $this->translation($source)->runFor('invoice', 33, $translator, '{}'));
    }

    public function testWhoComesLateWithADecisionChangesNothing(): void
    {
        $store = $this->store;
        $translator = new FakeTranslator(static function () use ($store): Decision {
            $store->claimForTranslation('cron', 10, new \DateTimeImmutable('2026-11-21T12:00:00Z'));

            return FakeTranslator::reject('tax_rate_not_mapped');
        });
        $source = GoldenRows::file('ship_excl_taxed')->event(1);

        self::assertSame(0, $this->translation($source)->runFor('invoice', 33, $translator, '{}'));
        self::assertSame([OutboxState::Captured, 'cron'], [$store->entries[1]->state, $store->entries[1]->claimToken]);
        self::assertSame([], $this->mirror->rows);
    }

    private function translate(
        FakeTranslator $translator,
        ?\Closure $change = null,
        string $rows = 'ship_excl_taxed',
        int $event = 1
    ): int {
        $text = GoldenRows::changed($rows, $change ?? static function (): void {
        });

        return $this->translateFrom(RecordedFile::fromJson($text)->event($event), $translator);
    }

    private function translateFrom(EventSourceInterface $source, FakeTranslator $translator): int
    {
        $now = new \DateTimeImmutable('2026-11-21T12:00:00Z');

        return $this->translation($source)->run($translator, '{}', 'token', 10, $now);
    }

    private function translation(EventSourceInterface $source): EventTranslation
    {
        return new EventTranslation(
            $this->store,
            RecordedEventBuilder::assemble(),
            $source,
            new SyncStateRecorder($this->mirror)
        );
    }
}
