<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Records;

use Byte8\SageAccounting\Model\Backfill\BackfillRows;
use Byte8\SageAccounting\Model\Backfill\EntityEvents;
use Byte8\SageAccounting\Model\Canonical\Magento\SalesRowReader;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Order\OrderCaptureRule;
use Byte8\SageAccounting\Model\Order\OrderItemRows;
use Byte8\SageAccounting\Model\Outbox\InvoiceCaptureRule;
use Byte8\SageAccounting\Model\Outbox\Resync;
use Byte8\SageAccounting\Model\Records\RecordActions;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Magento\Framework\App\ResourceConnection;

/**
 * Resync, hold and release of several records; on a real MariaDB.
 */
class RecordActionsTest extends DatabaseTestCase
{
    private RecordActions $actions;

    protected function setUp(): void
    {
        parent::setUp();
        $adapter = $this->database->adapter;
        $adapter->execute('CREATE TEMPORARY TABLE sales_invoice '
            . '(entity_id INT PRIMARY KEY, store_id INT, state INT, created_at DATETIME)');
        $adapter->execute("INSERT INTO sales_invoice VALUES (1, 1, 2, '2026-11-01'), (2, 1, 1, '2026-11-01')");
        $this->actions = new RecordActions(
            new BackfillRows($this->database->tables, new ResourceConnection($adapter)),
            new EntityEvents(
                new InvoiceCaptureRule(),
                new OrderCaptureRule(new PricedRowRule()),
                new OrderItemRows(new SalesRowReader($this->database->tables))
            ),
            new Resync($this->store, $this->editor, $this->syncState),
            $this->syncState
        );
    }

    public function testResyncQueuesTheEventsOfAllOfThemThatExist(): void
    {
        self::assertSame(3, $this->actions->resync('invoice', [1, 2, 77]));
        self::assertSame(['captured' => 3], $this->editor->counts());
        self::assertSame(0, $this->actions->resync('invoice', []));
        self::assertSame(0, $this->actions->resync('shipment', [1]));
    }

    public function testHoldAndRelease(): void
    {
        self::assertSame(2, $this->actions->hold('invoice', [1, 2, 2, 0, -5], HoldMode::Hold, 'pat'));
        $held = $this->syncState->find('invoice', [1, 2]);
        self::assertSame([HoldMode::Hold, HoldMode::Hold], [$held[1]->hold, $held[2]->hold]);

        self::assertSame(1, $this->actions->hold('invoice', [1], null, 'pat'));
        self::assertSame([2], array_keys($this->syncState->find('invoice', [1, 2])));
        self::assertSame(0, $this->actions->hold('shipment', [1], HoldMode::Hold, 'pat'));
    }
}
