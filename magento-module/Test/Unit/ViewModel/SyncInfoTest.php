<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\ViewModel;

use Byte8\SageAccounting\Model\ModuleConfig;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Settings\LiveState;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Model\SyncState\EntitySyncState;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Fake\FakeAdmin;
use Byte8\SageAccounting\Test\Fake\FakeScopeConfig;
use Byte8\SageAccounting\Test\Fake\InMemoryKeyValueStore;
use Byte8\SageAccounting\ViewModel\StatusChip;
use Byte8\SageAccounting\ViewModel\SyncInfo;
use Magento\Framework\Data\Form\FormKey;
use Magento\Framework\Escaper;
use PHPUnit\Framework\TestCase;

/**
 * What the page of a document says of its parts in the ledger.
 */
class SyncInfoTest extends TestCase
{
    /**
     * @dataProvider aspects
     * @param array<string, int> $cursors positions in the feed by aspect
     * @param string[] $shown
     */
    public function testRowsSayWhatIsInTheLedgerNow(string $entityType, array $cursors, array $shown): void
    {
        $rows = [];
        foreach ($cursors as $aspect => $cursor) {
            $rows[] = new SyncStateRow($entityType, 1, $aspect, SyncStatus::Synced, feedCursor: $cursor);
        }
        $found = $this->info($entityType)->rows(new EntitySyncState($entityType, 1, $rows));

        self::assertSame($shown, array_column($found, 'aspect'));
    }

    /**
     * @return array<string, array{string, array<string, int>, string[]}>
     */
    public static function aspects(): array
    {
        return [
            'an open order' => ['order', ['document' => 1], ['document']],
            'an invoiced order' => ['order', ['document' => 1, 'invoiced' => 2], ['document', 'invoiced']],
            'an order that is open again' => ['order', ['document' => 3, 'invoiced' => 2], ['document']],
            'a canceled order, whose estimate is gone' => [
                'order', ['document' => 1, 'cancellation' => 2], ['cancellation'],
            ],
            'a void invoice, which stays in the ledger' => [
                'invoice', ['document' => 1, 'cancellation' => 2], ['document', 'cancellation'],
            ],
        ];
    }

    public function testACancellationThatFailedLeavesTheEstimateInTheLedger(): void
    {
        $state = new EntitySyncState('order', 1, [
            new SyncStateRow('order', 1, 'document', SyncStatus::Synced),
            new SyncStateRow('order', 1, 'cancellation', SyncStatus::Failed),
        ]);

        self::assertCount(2, $this->info('order')->rows($state));
    }

    /**
     * @dataProvider totals
     */
    public function testTotalsAreComparedWhereATotalWasPromised(
        ?string $expected,
        ?string $inLedger,
        ?string $shown
    ): void {
        $row = new SyncStateRow(
            'order',
            1,
            'document',
            SyncStatus::Synced,
            expectedTotal: $expected,
            ledgerTotal: $inLedger
        );

        self::assertSame($shown, $this->info('order')->totals($row));
    }

    /**
     * @return array<string, array{?string, ?string, ?string}>
     */
    public static function totals(): array
    {
        return [
            'equal' => ['60.0000', '60.0000', '60.00 = 60.00'],
            'different' => ['60.0000', '59.9900', '60.00 ≠ 59.99'],
            'not answered yet' => ['60.0000', null, '60.00 / ?'],
            'the end of an order promises none' => [null, '60.0000', null],
            'nothing is known' => [null, null, null],
        ];
    }

    public function testPageAsksForNewsOnlyWhileAResultIsToCome(): void
    {
        $state = static fn (SyncStatus ...$statuses): EntitySyncState => new EntitySyncState('invoice', 1, array_map(
            static fn (string $aspect, SyncStatus $status) => new SyncStateRow('invoice', 1, $aspect, $status),
            array_slice(['document', 'payment'], 0, count($statuses)),
            $statuses
        ));
        $info = $this->info('invoice');
        self::assertNull($info->pollOptions($state()));
        self::assertNull($info->pollOptions($state(SyncStatus::Synced, SyncStatus::Failed)));
        $pending = $state(SyncStatus::Synced, SyncStatus::Pending);
        $options = json_decode((string) $info->pollOptions($pending), true)['Byte8_SageAccounting/js/poll_status'];

        self::assertSame([10, $pending->digest()], [$options['seconds'], $options['digest']]);
        self::assertStringContainsString('byte8_sage/entity/status', $options['url']);
        self::assertNotSame($pending->digest(), $state(SyncStatus::Synced, SyncStatus::Synced)->digest());
    }

    private function info(string $entityType): SyncInfo
    {
        $admin = new FakeAdmin([$entityType . '_id' => 1]);

        return new SyncInfo(
            $this->createStub(SyncStateStoreInterface::class),
            $this->createStub(OutboxEditorInterface::class),
            new ModuleConfig(new FakeScopeConfig([])),
            $admin,
            $admin,
            $admin,
            new FormKey(),
            new StatusChip(new Escaper(), new LiveState(new InMemoryKeyValueStore())),
            new OrderSetting(new InMemoryKeyValueStore()),
            $entityType,
            $entityType . '_id'
        );
    }
}
