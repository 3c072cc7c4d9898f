<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Unit;

use Byte8\SageAccounting\Model\Records\RecentRecords;
use Byte8\SageAccounting\Model\Records\RecordLine;
use Byte8\SageAccounting\Model\Settings\LiveState;
use Byte8\SageAccounting\Model\Status\StatusReader;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Database\SyncCycleTestCase;
use Byte8\SageAccounting\Test\Fake\FakeAdmin;
use Byte8\SageAccounting\Test\Fake\FakeLocale;
use Byte8\SageAccounting\Test\Fake\FakeScopeConfig;
use Byte8\SageAccounting\Test\Unit\ViewModel\FakeLinks;
use Byte8\SageAccounting\Tools\AdminScreen;
use Byte8\SageAccounting\ViewModel\Overview;
use Byte8\SageAccounting\ViewModel\RecordLinks;
use Byte8\SageAccounting\ViewModel\StatusChip;
use Magento\Framework\Data\Form\FormKey;
use Magento\Framework\Escaper;

/**
 * The overview page.
 */
class OverviewPageTest extends SyncCycleTestCase
{
    use AdminScreen;

    /** @var RecordLine[] */
    private array $attention = [];

    /** @var RecordLine[] */
    private array $latest = [];

    public function testAllIsWell(): void
    {
        $this->runCycle();
        $this->latest = [self::line(33, SyncStatus::Synced, reference: 'SI-27'), self::line(34, SyncStatus::Pending)];
        $html = $this->shown('overview', $this->page());
        self::assertStringContainsString('All is well: 2 records are on their way to Sage.', $html);
        self::assertStringContainsString('byte8-health-good', $html);
        self::assertStringContainsString('Last run: 21 Nov 2026, 12:00', $html);
        self::assertStringContainsString('000000033', $html);
        self::assertStringContainsString('£35.99', $html);
        self::assertStringContainsString('https://ledger.example/b/shop/documents/run-33', $html);
        self::assertMatchesRegularExpression('~href="https://ledger.example/b/shop"[^>]*>\s*Open the ledger~', $html);
        foreach (['dryRun/index', 'backfill/index', 'system_config/edit'] as $way) {
            self::assertStringContainsString($way, $html);
        }
        self::assertStringNotContainsString('class="byte8-reason-group"', $html);
    }

    public function testWhatNeedsAttentionIsGroupedByItsReasonWithAButtonForAll(): void
    {
        $this->runCycle();
        foreach (range(1, 11) as $id) {
            $this->attention[] = self::line($id, SyncStatus::Failed, 'tax_rate_not_mapped');
        }
        $this->attention[] = self::line(50, SyncStatus::Mismatch, 'total_differs', message: '<b>35.98</b>');
        $this->attention[] = self::line(51, SyncStatus::Failed, 'tax_rate_not_mapped');
        $html = $this->shown('overview_attention', $this->page());
        self::assertSame(2, substr_count($html, 'class="byte8-reason-group"'));
        self::assertLessThan(strpos($html, 'total_differs'), strpos($html, 'tax_rate_not_mapped'), 'most first');
        self::assertStringContainsString('Send all 12 again', $html);
        self::assertStringContainsString('and 4 more', $html);
        self::assertStringContainsString('Hold all 12', $html);
        self::assertSame(2 * 13 - 1, substr_count($html, 'name="records[invoice][]"'));
        self::assertStringContainsString('A tax percentage has no Sage tax rate', $html);
        self::assertMatchesRegularExpression('~/b/shop/settings"[^>]*>Open the settings<~', $html);
        self::assertMatchesRegularExpression('~/b/shop/documents/run-50"[^>]*>Open in the ledger<~', $html);
        self::assertStringContainsString('&lt;b&gt;35.98&lt;/b&gt;', $html);
        self::assertStringContainsString('Map 17.5 %.', $html);

        $rights = ['resync', 'hold', 'backfill'];
        $denied = $this->page(new FakeAdmin(
            [],
            array_map(static fn (string $right): string => 'Byte8_SageAccounting::' . $right, $rights)
        ));
        self::assertStringNotContainsString('records[invoice]', $denied);
        self::assertStringNotContainsString('backfill/index', $denied);
    }

    public function testBeforeGoingLiveAndBeforePairing(): void
    {
        $this->relay->isLive = false;
        $this->runCycle();
        $html = $this->shown('overview_before_live', $this->page());
        self::assertStringContainsString('Ready: 2 events wait until you go live in the ledger.', $html);
        self::assertStringContainsString('byte8-health-waiting', $html);

        $this->connections->connection = null;
        $html = $this->page();
        self::assertStringContainsString('not connected to the ledger yet', $html);
        self::assertMatchesRegularExpression('~system_config/edit[^>]*>\s*Connect\s*<~', $html);
    }

    private function page(?FakeAdmin $admin = null): string
    {
        $admin ??= new FakeAdmin();
        $reader = $this->createStub(StatusReader::class);
        $reader->method('read')->willReturn($this->status());
        $records = $this->createStub(RecentRecords::class);
        $records->method('needAttention')->willReturn($this->attention);
        $records->method('latest')->willReturn($this->latest);
        $config = new FakeScopeConfig(['byte8/sage_accounting/dashboard_url' => 'https://ledger.example/']);

        return $this->rendered('overview', new Overview(
            $reader,
            $records,
            new StatusChip(new Escaper(), new LiveState($this->values)),
            FakeLinks::of($config, $this->connections),
            FakeLocale::format(),
            new RecordLinks($admin),
            $admin,
            $admin,
            new FormKey()
        ));
    }

    private static function line(
        int $id,
        SyncStatus $status,
        string $code = '',
        ?string $reference = null,
        string $message = ''
    ): RecordLine {
        return new RecordLine(new SyncStateRow(
            'invoice',
            $id,
            'document',
            $status,
            ledgerReference: $reference,
            runId: 'run-' . $id,
            expectedTotal: '35.9900',
            reasonCode: $code,
            reasonMessage: $message !== '' ? $message : ($code === '' ? '' : '17.5 % is not mapped to a tax rate.'),
            reasonSuggestion: $code === '' ? '' : 'Map 17.5 %.'
        ), sprintf('%09d', $id), 'GBP', '2026-11-21 11:59:00');
    }
}
