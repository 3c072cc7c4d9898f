<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Sweep;

use Byte8\SageAccounting\Model\Backfill\Backfill;
use Byte8\SageAccounting\Model\Backfill\BackfillFilter;
use Byte8\SageAccounting\Model\Backfill\BackfillRows;
use Byte8\SageAccounting\Model\Backfill\EntityEvents;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\Magento\SalesRowReader;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Order\OrderCaptureRule;
use Byte8\SageAccounting\Model\Order\OrderItemRows;
use Byte8\SageAccounting\Model\Outbox\InvoiceCaptureRule;
use Byte8\SageAccounting\Model\Outbox\OutboxRecord;
use Byte8\SageAccounting\Model\Outbox\Resync;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Model\Status\CaptureFailure;
use Byte8\SageAccounting\Model\Sweep\ChangedOrders;
use Byte8\SageAccounting\Model\Sweep\MissedRows;
use Byte8\SageAccounting\Model\Sweep\OrderSweep;
use Byte8\SageAccounting\Model\Sweep\Sweep;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Fake\ArrayCache;
use Magento\Framework\App\ResourceConnection;

/**
 * Documents that no observer captured, and those from before the module, on a real MariaDB.
 */
class SweepTest extends DatabaseTestCase
{
    private Sweep $sweep;

    private CaptureFailure $failure;

    private Backfill $backfill;

    protected function setUp(): void
    {
        parent::setUp();
        foreach (['sales_invoice', 'sales_creditmemo', 'customer_entity', 'catalog_product_entity'] as $table) {
            $this->database->adapter->execute(
                'CREATE TABLE ' . $table . ' (entity_id INT UNSIGNED PRIMARY KEY, '
                . 'store_id SMALLINT NULL, state INT NULL, created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, '
                . 'updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)'
            );
        }
        $connection = new ResourceConnection($this->database->adapter);
        $this->sweep = new Sweep(
            new MissedRows($this->database->tables, $connection),
            new OrderSweep(
                new OrderSetting($this->values),
                new ChangedOrders($this->database->tables),
                $items = new OrderItemRows(new SalesRowReader($this->database->tables)),
                $rule = new OrderCaptureRule(new PricedRowRule()),
                $this->store,
                $this->values,
                $this->clock
            ),
            $this->store,
            $this->values,
            $this->failure = new CaptureFailure(new ArrayCache(), $this->clock),
            $this->clock
        );
        $this->backfill = new Backfill(
            new BackfillRows($this->database->tables, $connection),
            new EntityEvents(new InvoiceCaptureRule(), $rule, $items),
            $this->store,
            new Resync($this->store, $this->editor, $this->syncState),
            $this->values
        );
    }

    public function testAFailureToNoteIsForgottenOnceItsTimeWasLookedAt(): void
    {
        $this->failure->record(new \Exception('read only'));
        $this->sweep->run();
        self::assertNotNull($this->failure->problem(), 'the document may still be in its transaction');

        $this->clock->now = $this->clock->now->modify('+3 minutes');
        $this->sweep->run();
        self::assertNull($this->failure->problem());
    }

    public function testHistoryIsLeftAloneAndWhatWasMissedIsNoted(): void
    {
        $this->row('sales_invoice', 1, '2020-01-01 00:00:00', 2);
        self::assertSame(0, $this->sweep->run());
        $this->clock->now = $this->clock->now->modify('+1 hour');
        $this->row('sales_invoice', 2, '2026-11-21 12:10:00', 2);
        $this->row('sales_invoice', 3, '2026-11-21 12:10:00', 1);
        $this->row('sales_invoice', 4, '2026-11-21 12:10:00', 3);
        $this->row('sales_creditmemo', 9, '2026-11-21 12:10:00', 2);
        $this->captured(EventName::InvoiceCreated, 3);

        self::assertSame(3, $this->sweep->run());
        self::assertSame(
            ['creditmemo.created:9', 'invoice.created:2', 'invoice.created:3', 'invoice.paid:2'],
            $this->keys()
        );
        self::assertSame(0, $this->sweep->run());
    }

    public function testWhatIsYoungerThanTwoMinutesMayStillBeSaved(): void
    {
        $this->sweep->run();
        $this->row('sales_invoice', 2, '2026-11-21 12:00:30', 1);
        $this->clock->now = $this->clock->now->modify('+2 minutes');
        self::assertSame(0, $this->sweep->run());
        $this->clock->now = $this->clock->now->modify('+1 minute');
        self::assertSame(1, $this->sweep->run());
    }

    public function testChangesOfCustomersAreFollowedByTheirDate(): void
    {
        $this->sweep->run();
        $this->clock->now = $this->clock->now->modify('+1 hour');
        $this->row('customer_entity', 5, '2026-11-21 12:30:00', null);
        $this->row('customer_entity', 6, '2026-11-21 12:30:00', null);
        $this->captured(EventName::CustomerUpserted, 6);
        $noted = ['created_at' => '2026-11-21 12:30:00'];
        $this->database->adapter->update('byte8_event_outbox', $noted);

        self::assertSame(1, $this->sweep->run());
        self::assertSame(['customer.upserted:5', 'customer.upserted:6'], $this->keys());
        self::assertSame(0, $this->sweep->run());
    }

    public function testBackfillNotesPaidInvoicesAsBothEventsInOrder(): void
    {
        $this->row('sales_invoice', 1, '2020-01-01 00:00:00', 2);
        $this->row('sales_invoice', 2, '2020-06-01 00:00:00', 1);
        $this->row('sales_invoice', 3, '2021-01-01 00:00:00', 2);
        $filter = new BackfillFilter([], '2020-01-01 00:00:00', '2021-01-01 00:00:00');
        $seen = 0;
        $count = static function (int $entities) use (&$seen): void {
            $seen += $entities;
        };
        $noted = $this->backfill->run('invoice', $filter, [], false, false, $count);

        self::assertSame([2, 3], [$seen, $noted]);
        self::assertSame(['invoice.created:1', 'invoice.created:2', 'invoice.paid:1'], $this->keys());
        self::assertSame(0, $this->backfill->run('invoice', $filter, [], false, false, 'intval'));
        self::assertSame(3, $this->backfill->run('invoice', $filter, [], true, false, 'intval'));
    }

    public function testBackfillCutShortGoesOnWhereItWas(): void
    {
        foreach (range(1, 450) as $id) {
            $this->row('sales_invoice', $id, '2020-01-01 00:00:00', 1);
        }
        $filter = new BackfillFilter();
        try {
            $this->backfill->run('invoice', $filter, [], false, false, static function (): void {
                throw new \RuntimeException('the power went');
            });
            self::fail('the run must be cut short');
        } catch (\RuntimeException) {
            self::assertCount(200, $this->keys());
        }
        self::assertSame(250, $this->backfill->count('invoice', $filter, true));
        self::assertSame(450, $this->backfill->count('invoice', new BackfillFilter(state: 1), true));
        self::assertSame(250, $this->backfill->run('invoice', $filter, [], false, true, 'intval'));
        self::assertSame(450, $this->backfill->count('invoice', $filter, true));
    }

    private function row(string $table, int $id, string $instant, ?int $state): void
    {
        $this->database->adapter->insert($table, [
            'entity_id' => $id,
            'store_id' => 1,
            'state' => $state,
            'created_at' => $instant,
            'updated_at' => $instant,
        ]);
    }

    /**
     * @return string[]
     */
    private function keys(): array
    {
        $keys = array_map(
            static fn (OutboxRecord $record): string => $record->entry->event->key(),
            $this->editor->list([], 1000)
        );
        sort($keys);

        return $keys;
    }
}
