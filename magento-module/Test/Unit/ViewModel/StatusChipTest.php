<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\ViewModel;

use Byte8\SageAccounting\Model\Settings\LiveState;
use Byte8\SageAccounting\Model\SyncState\EntitySyncState;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Fake\InMemoryKeyValueStore;
use Byte8\SageAccounting\ViewModel\StatusChip;
use Magento\Framework\Escaper;
use PHPUnit\Framework\TestCase;

/**
 * The content of a grid cell.
 */
class StatusChipTest extends TestCase
{
    private InMemoryKeyValueStore $values;

    protected function setUp(): void
    {
        $this->values = new InMemoryKeyValueStore();
    }

    public function testNothingIsSaidOfWhatIsNotKnown(): void
    {
        self::assertStringContainsString('—', $this->chips(null));
    }

    public function testACustomerIsShownByCurrency(): void
    {
        $synced = [
            self::row(SyncAspect::DOCUMENT, SyncStatus::Synced),
            self::row('GBP', SyncStatus::Synced),
            self::row('EUR', SyncStatus::Synced),
        ];
        self::assertSame('✓GBP: In Sage ✓EUR: In Sage', $this->words($synced));

        $edited = [self::row(SyncAspect::DOCUMENT, SyncStatus::Pending)] + $synced;
        self::assertSame('…Queued ✓GBP: In Sage ✓EUR: In Sage', $this->words($edited));
        self::assertSame('✓EUR: In Sage', $this->words([self::row('EUR', SyncStatus::Synced)]));
    }

    public function testBeforeGoingLiveQueuedDocumentsWaitForThat(): void
    {
        LiveState::store($this->values, false);
        self::assertSame('…Waits until you go live in the ledger ✓GBP: In Sage', $this->words([
            self::row(SyncAspect::DOCUMENT, SyncStatus::Pending),
            self::row('GBP', SyncStatus::Synced),
        ]));
    }

    public function testAnInvoiceAndItsPaymentAreTwo(): void
    {
        self::assertSame('✓In Sage !Payment: Needs attention', $this->words([
            self::row(SyncAspect::DOCUMENT, SyncStatus::Synced),
            self::row(SyncAspect::PAYMENT, SyncStatus::Failed),
        ]));
    }

    public function testACanceledInvoiceIsVoidOrWasNeverThere(): void
    {
        $void = new SyncStateRow('invoice', 1, SyncAspect::CANCELLATION, SyncStatus::Synced, ledgerId: 'a1');
        self::assertSame('✓Void in Sage', $this->words([self::row(SyncAspect::DOCUMENT, SyncStatus::Synced), $void]));
        self::assertSame('–Skipped ✓Nothing to void', $this->words([
            self::row(SyncAspect::DOCUMENT, SyncStatus::Skipped),
            self::row(SyncAspect::CANCELLATION, SyncStatus::Synced),
        ]));
        self::assertSame('✓In Sage !Cancellation: Needs attention', $this->words([
            self::row(SyncAspect::DOCUMENT, SyncStatus::Synced),
            self::row(SyncAspect::CANCELLATION, SyncStatus::Failed),
        ]));
    }

    public function testOfAnOrderTheNewestIsSaid(): void
    {
        $row = static fn (string $aspect, SyncStatus $status, int $cursor): SyncStateRow =>
            new SyncStateRow('order', 1, $aspect, $status, feedCursor: $cursor);
        $placed = $row(SyncAspect::DOCUMENT, SyncStatus::Synced, 5);

        self::assertSame('✓In Sage', $this->words([$placed]));
        self::assertSame('✓In Sage …Invoiced: Queued', $this->words([
            $placed,
            $row(SyncAspect::INVOICED, SyncStatus::Pending, 0),
        ]));
        $invoiced = $row(SyncAspect::INVOICED, SyncStatus::Synced, 7);
        self::assertSame('✓Invoiced', $this->words([$placed, $invoiced]));
        self::assertSame('✓Canceled', $this->words([$placed, $row(SyncAspect::CANCELLATION, SyncStatus::Synced, 7)]));
        self::assertSame('–Skipped ✓Canceled', $this->words([
            $row(SyncAspect::DOCUMENT, SyncStatus::Skipped, 6),
            $row(SyncAspect::CANCELLATION, SyncStatus::Synced, 7),
        ]));
        $placedAgain = $row(SyncAspect::DOCUMENT, SyncStatus::Synced, 9);
        self::assertSame('✓In Sage', $this->words([$placedAgain, $invoiced]), 'an invoice was canceled');
        $unneeded = new SyncStateRow('order', 1, 'document', SyncStatus::Skipped, reasonCode: 'order_invoiced');
        self::assertSame('✓Invoiced', $this->words([$unneeded, $invoiced]), 'no estimate was needed');
        self::assertSame('—', $this->words([$unneeded]));
        self::assertFalse(SyncAspect::isCurrency(SyncAspect::INVOICED));
    }

    public function testWhatIsKeptBackIsSaidFirstAndTextIsEscaped(): void
    {
        $row = new SyncStateRow('invoice', 1, SyncAspect::DOCUMENT, SyncStatus::Failed, reasonMessage: '"<b>"');
        $html = $this->chips(new EntitySyncState('invoice', 1, [$row], HoldMode::Hold));

        self::assertStringStartsWith('‖', strip_tags($html));
        self::assertStringNotContainsString('<b>', $html);
    }

    /**
     * @param SyncStateRow[] $rows
     */
    private function words(array $rows): string
    {
        return strip_tags($this->chips(new EntitySyncState('customer', 5, $rows)));
    }

    private function chips(?EntitySyncState $state): string
    {
        return (new StatusChip(new Escaper(), new LiveState($this->values)))->ofEntity($state);
    }

    private static function row(string $aspect, SyncStatus $status): SyncStateRow
    {
        return new SyncStateRow('customer', 5, $aspect, $status);
    }
}
