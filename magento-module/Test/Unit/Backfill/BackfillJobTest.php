<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Backfill;

use Byte8\SageAccounting\Console\DateOption;
use Byte8\SageAccounting\Model\Backfill\Backfill;
use Byte8\SageAccounting\Model\Backfill\BackfillEstimate;
use Byte8\SageAccounting\Model\Backfill\BackfillJob;
use Byte8\SageAccounting\Model\Backfill\BackfillRows;
use Byte8\SageAccounting\Model\Backfill\EntityEvents;
use Byte8\SageAccounting\Model\Canonical\Magento\SalesRowReader;
use Byte8\SageAccounting\Model\Canonical\Magento\StoreTimeZone;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Order\OrderCaptureRule;
use Byte8\SageAccounting\Model\Order\OrderItemRows;
use Byte8\SageAccounting\Model\Outbox\InvoiceCaptureRule;
use Byte8\SageAccounting\Model\Outbox\Resync;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Fake\FixedClock;
use Byte8\SageAccounting\Test\Fake\ScopedConfig;
use Magento\Framework\App\ResourceConnection;

/**
 * A backfill from the admin: its size, its slices, a stop and a continuation; on a real MariaDB.
 */
class BackfillJobTest extends DatabaseTestCase
{
    private const DOCUMENTS = ['invoice', 'creditmemo'];

    private BackfillJob $job;

    private bool $isSlow = false;

    protected function setUp(): void
    {
        parent::setUp();
        foreach (['sales_invoice', 'sales_creditmemo'] as $table) {
            $this->database->adapter->execute(
                'CREATE TEMPORARY TABLE ' . $table
                . ' (entity_id INT PRIMARY KEY, store_id INT, state INT, created_at DATETIME)'
            );
        }
        $backfill = new Backfill(
            new BackfillRows($this->database->tables, new ResourceConnection($this->database->adapter)),
            new EntityEvents(
                new InvoiceCaptureRule(),
                new OrderCaptureRule(new PricedRowRule()),
                new OrderItemRows(new SalesRowReader($this->database->tables))
            ),
            $this->store,
            new Resync($this->store, $this->editor, $this->syncState),
            $this->values
        );
        $zone = new StoreTimeZone(new ScopedConfig(['general/locale/timezone' => ['' => 'America/New_York']]));
        $dates = new DateOption($zone);
        $this->job = new BackfillJob($backfill, $dates, $this->editor, $this->values, $this->slowClock(), 1000);
    }

    public function testSizeIsThatOfTheShopsDays(): void
    {
        $this->rows('sales_invoice', 1, '2026-11-01 03:59:59');
        $this->rows('sales_invoice', 2, '2026-11-01 04:00:00', '2026-11-02 04:59:59');
        $this->rows('sales_invoice', 9, '2026-11-02 05:00:00');
        self::assertSame(['invoice' => 2], $this->job->count('2026-11-01', '2026-11-01', ['invoice']));
        self::assertSame(
            ['invoice' => 3, 'creditmemo' => 0],
            $this->job->count('2026-11-01', '2026-11-02', ['creditmemo', 'invoice']),
            'invoices first'
        );
    }

    /**
     * @return iterable<string, array{string, string, string[]}>
     */
    public static function nonsense(): iterable
    {
        yield 'no day' => ['', '2026-11-02', ['invoice']];
        yield 'a day that does not exist' => ['2026-11-31', '2026-12-02', ['invoice']];
        yield 'the wrong way round' => ['2026-11-03', '2026-11-02', ['invoice']];
        yield 'no kind' => ['2026-11-01', '2026-11-02', []];
        yield 'an unknown kind' => ['2026-11-01', '2026-11-02', ['invoice', 'shipment']];
    }

    /**
     * @dataProvider nonsense
     * @param string[] $types
     */
    public function testNonsenseIsRefused(string $from, string $to, array $types): void
    {
        $this->expectException(\InvalidArgumentException::class);
        $this->job->start($from, $to, $types, 'pat');
    }

    public function testCronQueuesEverythingOnceAndThenIsFinished(): void
    {
        $this->rows('sales_invoice', 1, ...array_fill(0, 250, '2026-11-05 12:00:00'));
        $this->rows('sales_creditmemo', 1, '2026-11-05 12:00:00');
        $this->job->start('2026-11-01', '2026-11-10', self::DOCUMENTS, 'pat');
        self::assertSame(['invoice' => 250, 'creditmemo' => 1], $this->job->request()?->records);
        self::assertSame([], $this->job->progress()?->checked);

        $this->turn();
        $progress = $this->job->progress();
        self::assertSame(['invoice' => 250, 'creditmemo' => 1], $progress?->checked);
        self::assertSame([501, 501], [$progress?->queued, $this->editor->counts()['captured']], 'paid ones are two');
        self::assertNotNull($progress?->finishedAt);

        $this->job->start('2026-11-01', '2026-11-10', self::DOCUMENTS, 'pat');
        $this->turn();
        self::assertSame(0, $this->job->progress()?->queued, 'what was captured before is left alone');
    }

    public function testOneRunsAtATime(): void
    {
        $this->job->start('2026-11-01', '2026-11-10', self::DOCUMENTS, 'pat');
        $this->expectExceptionMessage('not finished');
        $this->job->start('2026-11-01', '2026-11-02', self::DOCUMENTS, 'sam');
    }

    public function testAStopHoldsUntilItIsContinued(): void
    {
        $this->rows('sales_invoice', 1, ...array_fill(0, 300, '2026-11-05 12:00:00'));
        $this->job->start('2026-11-01', '2026-11-10', ['invoice'], 'pat');
        $this->isSlow = true;
        $this->turn();
        $this->isSlow = false;
        $this->job->stop();
        $this->turn();
        self::assertSame(['invoice' => 200], $this->job->progress()?->checked);
        self::assertNull($this->job->progress()?->finishedAt);

        $this->job->resume();
        $this->turn();
        self::assertSame(['invoice' => 300], $this->job->progress()?->checked);
        self::assertSame(600, $this->editor->counts()['captured']);
        self::assertNotNull($this->job->progress()?->finishedAt);
    }

    public function testAStoppedOneCanBeDiscardedAndARunningOneNot(): void
    {
        $this->job->start('2026-11-01', '2026-11-10', ['invoice'], 'pat');
        $this->job->discard();
        self::assertNotNull($this->job->request());
        $this->job->stop();
        $this->job->discard();
        self::assertNull($this->job->request());
        self::assertNull($this->job->progress());
    }

    public function testItPausesWhileTooMuchWaits(): void
    {
        $this->rows('sales_invoice', 1, ...array_fill(0, 900, '2026-11-05 12:00:00'));
        $this->job->start('2026-11-01', '2026-11-10', ['invoice'], 'pat');
        $this->turn();
        self::assertTrue($this->job->isPaused());
        self::assertSame(['invoice' => 600], $this->job->progress()?->checked);

        $this->database->adapter->execute("UPDATE byte8_event_outbox SET state = 'delivered'");
        $this->turn();
        self::assertSame(['invoice' => 900], $this->job->progress()?->checked);
    }

    public function testDurationFollowsFromTheCallsToSage(): void
    {
        $estimate = new BackfillEstimate();
        self::assertSame('about a minute', $estimate->duration(['invoice' => 30]));
        self::assertSame('about 2 minutes', $estimate->duration(['invoice' => 30, 'customer' => 1]));
        self::assertSame('about 16 minutes', $estimate->duration(['invoice' => 480]));
        self::assertSame('about 2 days', $estimate->duration(['invoice' => 480, 'creditmemo' => 1]));
        self::assertSame('about 21 days', $estimate->duration(['invoice' => 10_000]));
    }

    private function turn(): void
    {
        $this->job->run($this->clock->now->modify('+1 minute'));
    }

    /**
     * A clock that goes on by a minute whenever it is looked at, once the test says so.
     */
    private function slowClock(): Clock
    {
        return new class ($this->clock, $this->isSlow) extends Clock {
            public function __construct(private readonly FixedClock $clock, private bool &$isSlow)
            {
            }

            public function now(): \DateTimeImmutable
            {
                $now = $this->clock->now;
                if ($this->isSlow) {
                    $this->clock->now = $now->modify('+1 minute');
                }

                return $now;
            }
        };
    }

    private function rows(string $table, int $firstId, string ...$created): void
    {
        foreach (array_values($created) as $position => $instant) {
            $this->database->adapter->execute(sprintf(
                "INSERT INTO %s VALUES (%d, 1, 2, '%s')",
                $table,
                $firstId + $position,
                $instant
            ));
        }
    }
}
