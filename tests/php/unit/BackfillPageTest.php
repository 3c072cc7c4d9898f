<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Unit;

use Byte8\SageAccounting\Console\DateOption;
use Byte8\SageAccounting\Model\Backfill\Backfill;
use Byte8\SageAccounting\Model\Backfill\BackfillEstimate;
use Byte8\SageAccounting\Model\Backfill\BackfillJob;
use Byte8\SageAccounting\Model\Backfill\BackfillRows;
use Byte8\SageAccounting\Model\Backfill\EntityEvents;
use Byte8\SageAccounting\Model\Canonical\Magento\SalesRowReader;
use Byte8\SageAccounting\Model\Canonical\Magento\StoreTimeZone;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Order\OrderCaptureRule;
use Byte8\SageAccounting\Model\Order\OrderItemRows;
use Byte8\SageAccounting\Model\Outbox\InvoiceCaptureRule;
use Byte8\SageAccounting\Model\Outbox\Resync;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Fake\FakeAdmin;
use Byte8\SageAccounting\Test\Fake\FakeLocale;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FakeScopeConfig;
use Byte8\SageAccounting\Test\Fake\FakeTranslator;
use Byte8\SageAccounting\Test\Fake\FakeTranslatorFactory;
use Byte8\SageAccounting\Tools\AdminScreen;
use Byte8\SageAccounting\ViewModel\BackfillPage;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\Data\Form\FormKey;

/**
 * The backfill page: choice, size and progress.
 */
class BackfillPageTest extends DatabaseTestCase
{
    use AdminScreen;

    private const CHOICE = ['from' => '2026-11-01', 'to' => '2026-11-20', 'types' => ['invoice', 'creditmemo']];

    private BackfillJob $job;

    private SettingsRepository $settings;

    protected function setUp(): void
    {
        parent::setUp();
        foreach (['sales_invoice', 'sales_creditmemo'] as $table) {
            $this->database->adapter->execute(
                'CREATE TEMPORARY TABLE ' . $table
                . ' (entity_id INT PRIMARY KEY, store_id INT, state INT, created_at DATETIME)'
            );
        }
        for ($id = 1; $id <= 300; $id++) {
            $this->database->adapter->insert('sales_invoice', [
                'entity_id' => $id, 'store_id' => 1, 'state' => 1, 'created_at' => '2026-11-05 12:00:00',
            ]);
        }
        $translators = new FakeTranslatorFactory(new FakeTranslator());
        $this->settings = new SettingsRepository($this->values, new FakeRelay(), $translators, $this->clock);
        $this->settings->replaceWith('{}');
        $zone = new StoreTimeZone(new FakeScopeConfig(['general/locale/timezone' => 'Europe/London']));
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
        $this->job = new BackfillJob($backfill, new DateOption($zone), $this->editor, $this->values, $this->clock);
    }

    public function testFirstVisitProposesTheLastDays(): void
    {
        $html = $this->shown('backfill', $this->page([]));
        self::assertStringContainsString('name="from" value="2026-10-22"', $html);
        self::assertStringContainsString('name="to" value="2026-11-20"', $html);
        self::assertStringNotContainsString('Start the backfill', $html);
        self::assertStringNotContainsString('value="order"', $html, 'the settings ask for no orders');

        OrderSetting::store($this->values, '{"policy":{"sync_estimates":true}}');
        self::assertStringContainsString('value="order"', $this->page([]));
    }

    public function testFirstVisitProposesNoDayThatTheSettingsLeaveOut(): void
    {
        $days = ['2026-11-10' => '2026-11-10', '2026-01-01' => '2026-10-22', '2026-11-21' => '2026-11-20'];
        foreach ($days as $since => $from) {
            $this->settings->replaceWith('{"policy":{"sync_since":"' . $since . '"}}');
            $field = 'name="from" value="' . $from . '"';
            self::assertStringContainsString($field, $this->page([]), $since);
        }
    }

    public function testChoiceShowsSizeAndDurationBeforeItCanBeStarted(): void
    {
        $html = $this->shown('backfill_size', $this->page(self::CHOICE));
        self::assertMatchesRegularExpression('~Invoices</th>\s*<td[^>]*>300<~', $html);
        self::assertStringContainsString('about 10 minutes', $html);
        self::assertStringContainsString('Start the backfill', $html);
        self::assertStringNotContainsString('stay out of Sage', $html);

        $this->settings->replaceWith('{"policy":{"sync_since":"2026-11-10"}}');
        self::assertStringContainsString('Documents before 10 Nov 2026 stay out of Sage', $this->page(self::CHOICE));
        $this->settings->setLive(false);
        self::assertStringContainsString('until you go live', $this->page(self::CHOICE));
    }

    public function testNonsenseIsExplained(): void
    {
        $wrong = ['from' => '2026-11-20', 'to' => '2026-11-01'] + self::CHOICE;
        self::assertStringContainsString('must not be after', $this->page($wrong));
        self::assertStringContainsString('at least one kind', $this->page(['types' => ['shipment']] + self::CHOICE));
        self::assertStringContainsString('is not a date', $this->page(['from' => '<script>'] + self::CHOICE));
        self::assertStringNotContainsString('<script>', $this->page(['from' => '<script>'] + self::CHOICE));
    }

    public function testProgressCanBeStoppedContinuedAndDiscarded(): void
    {
        $this->job->start('2026-11-01', '2026-11-20', ['invoice', 'creditmemo'], 'pat');
        $html = $this->page([]);
        self::assertStringContainsString('Running: 0 of 300 records checked', $html);
        self::assertStringContainsString('value="stop"', $html);
        self::assertStringContainsString('js/reload', $html);
        self::assertStringNotContainsString('Show the size', $html);

        $this->job->stop();
        $html = $this->shown('backfill_stopped', $this->page([]));
        self::assertStringContainsString('Stopped after 0 of 300', $html);
        self::assertStringContainsString('value="resume"', $html);
        self::assertStringContainsString('value="discard"', $html);
        self::assertStringNotContainsString('js/reload', $html);

        $this->job->resume();
        $this->job->run($this->clock->now->modify('+1 minute'));
        $html = $this->shown('backfill_done', $this->page([]));
        self::assertStringContainsString('Finished: 300 records checked, 300 events queued.', $html);
        self::assertStringContainsString('Started by pat: 21 Nov 2026, 12:00', $html);
        self::assertStringContainsString('Show the size', $html, 'another can be started');
    }

    /**
     * @param array<string, mixed> $parameters
     */
    private function page(array $parameters): string
    {
        $admin = new FakeAdmin($parameters);

        return $this->rendered('backfill', new BackfillPage(
            $this->job,
            new BackfillEstimate(),
            $this->settings,
            new OrderSetting($this->values),
            $admin,
            $admin,
            new FormKey(),
            $this->clock,
            FakeLocale::format(),
            FakeLocale::dayField()
        ));
    }
}
