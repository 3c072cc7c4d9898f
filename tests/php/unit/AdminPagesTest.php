<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Unit;

use Byte8\SageAccounting\Console\DateOption;
use Byte8\SageAccounting\Model\Backfill\BackfillRows;
use Byte8\SageAccounting\Model\Backfill\EntityEvents;
use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\Magento\SalesRowReader;
use Byte8\SageAccounting\Model\Canonical\Magento\StoreTimeZone;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\DryRun\DryRun;
use Byte8\SageAccounting\Model\ModuleConfig;
use Byte8\SageAccounting\Model\Order\OrderCaptureRule;
use Byte8\SageAccounting\Model\Order\OrderItemRows;
use Byte8\SageAccounting\Model\Outbox\InvoiceCaptureRule;
use Byte8\SageAccounting\Model\Outbox\OutboxProbe;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition as Step;
use Byte8\SageAccounting\Model\Records\RecordNumbers;
use Byte8\SageAccounting\Model\Settings\LiveState;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\Status\CaptureFailure;
use Byte8\SageAccounting\Model\Status\StatusReader;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Database\RelayParts;
use Byte8\SageAccounting\Test\Fake\ArrayCache;
use Byte8\SageAccounting\Test\Fake\FakeAdmin;
use Byte8\SageAccounting\Test\Fake\FakeLocale;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FakeScopeConfig;
use Byte8\SageAccounting\Test\Fake\FakeTranslator;
use Byte8\SageAccounting\Test\Fake\FakeTranslatorFactory;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;
use Byte8\SageAccounting\Test\Unit\ViewModel\FakeLinks;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use Byte8\SageAccounting\Test\Recorded\RecordedEventBuilder;
use Byte8\SageAccounting\Test\Recorded\RecordedFile;
use Byte8\SageAccounting\Tools\AdminScreen;
use Byte8\SageAccounting\ViewModel\DryRunPage;
use Byte8\SageAccounting\ViewModel\SetUpSteps;
use Byte8\SageAccounting\ViewModel\StatusChip;
use Byte8\SageAccounting\ViewModel\StatusPanel;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\Escaper;

/**
 * The admin's templates with their real view models on a real database, shown by a real browser.
 *
 * Set BYTE8_SCREENSHOTS to a folder to keep the pictures.
 */
class AdminPagesTest extends DatabaseTestCase
{
    use AdminScreen;

    private FakeScopeConfig $config;

    protected function setUp(): void
    {
        parent::setUp();
        $this->config = new FakeScopeConfig([
            'byte8/sage_accounting/delivery_enabled' => '1',
            'byte8/sage_accounting/dashboard_url' => 'https://relay.example/dashboard',
            'general/locale/timezone' => 'Europe/London',
        ]);
    }

    public function testConfigPageNamesWhatIsWrongAndWhatToDo(): void
    {
        $this->stored(EventName::InvoiceCreated, 7, self::plan('{}'), Step::Freeze);
        $this->dead(8);
        $dom = $this->shown('config', $this->panel(new BridgeException(
            'extension_missing',
            'the PHP extension byte8_sage is not loaded <b>here</b>',
            '',
            'install it'
        )));

        self::assertStringContainsString('One document needs attention.', $dom);
        self::assertStringContainsString('&lt;b&gt;here&lt;/b&gt;', $dom);
        self::assertMatchesRegularExpression('~aria-current="step">.*Install the translation core.*install it~s', $dom);
        self::assertStringContainsString('Connected to relay.example', $dom);
        self::assertStringNotContainsString('the-secret', $dom);
        self::assertMatchesRegularExpression('/data-byte8-url="[^"]*outbox\/requeue/', $dom);
    }

    public function testConfigPageOfACopyOffersBothWaysOut(): void
    {
        $copy = function (RelayParts $parts): void {
            $parts->installation->rememberCurrent();
            $parts->facts->baseUrl = 'https://staging.example/';
            $parts->handshake()->begin($this->clock->now());
        };
        $dom = $this->shown('config_copy', $this->panel(new FakeTranslator(), null, $copy));

        self::assertStringContainsString('This looks like a copy of https://shop.example/', $dom);
        self::assertMatchesRegularExpression('/data-byte8-url="[^"]*connection\/moved/', $dom);
        self::assertMatchesRegularExpression('/connection\/disconnect[^>]*>\s*This is a copy: disconnect/', $dom);
        $denied = new FakeAdmin([], ['Byte8_SageAccounting::connection']);
        self::assertStringNotContainsString('connection/moved', $this->panel(new FakeTranslator(), $denied, $copy));
    }

    public function testConfigPageHidesWhatTheUserMayNotDo(): void
    {
        $denied = ['Byte8_SageAccounting::connection', 'Byte8_SageAccounting::resync'];
        $dom = $this->shown('config_denied', $this->panel(new FakeTranslator(), new FakeAdmin([], $denied)));

        self::assertStringNotContainsString('connection/disconnect', $dom);
        self::assertStringNotContainsString('outbox/requeue', $dom);
        self::assertStringContainsString('connection/selfTest', $dom);
    }

    public function testDryRunOfARangeShowsSumsAndReasons(): void
    {
        $dom = $this->shown('dry_run', $this->dryRun(['type' => 'invoice', 'from' => '2026-11-01'], static fn () =>
            FakeTranslator::post('{"key":"k","steps":[{"expect":{"total_amount":"35.99","currency":"GBP"}}]}')));

        self::assertStringContainsString('£35.99', $dom);
        self::assertStringContainsString('000000033', $dom);
        $dom = $this->dryRun(['type' => 'invoice', 'to' => '2026-12-01'], static fn () =>
            FakeTranslator::reject('tax_rate_not_mapped'));
        $groups = substr_count($dom, 'class="byte8-reason-group byte8-group-reject"');
        self::assertSame(1, $groups, 'once for both events');
        self::assertStringContainsString('A tax percentage has no Sage tax rate', $dom);
        self::assertStringContainsString('<code>tax_rate_not_mapped</code>', $dom);
    }

    public function testDryRunOfADocumentAndOfNonsense(): void
    {
        $dom = $this->shown('dry_run_document', $this->dryRun(['type' => 'invoice', 'entity' => '33']));
        self::assertMatchesRegularExpression('~<h2>\s*Invoice\s.*000000033.*>Skip<~s', $dom);

        $byNumber = $this->dryRun(['type' => 'invoice', 'number' => '000000033']);
        self::assertStringContainsString('>Skip<', $byNumber);
        self::assertMatchesRegularExpression('~<h2>\s*Payment\s*<span~', $byNumber);
        self::assertStringContainsString('no such record', $this->dryRun(['type' => 'invoice', 'entity' => '34']));
        self::assertStringContainsString('no such record', $this->dryRun(['type' => 'invoice', 'number' => '34']));
        self::assertStringContainsString('is not a date', $this->dryRun(['type' => 'invoice', 'from' => '<script>']));
    }

    public function testChipsDifferByWordAndMark(): void
    {
        $chip = new StatusChip(new Escaper(), new LiveState($this->values));
        $chips = array_map($chip->ofStatus(...), SyncStatus::cases());
        array_push($chips, ...array_map($chip->ofHold(...), HoldMode::cases()));
        $dom = $this->shown('chips', '<p>' . implode('</p><p>', $chips) . '</p>');
        preg_match_all('~aria-hidden="true">(.)</span>([^<]+)</span>~u', $dom, $faces);

        self::assertCount(count($chips), $faces[1]);
        self::assertSame($faces[1], array_unique($faces[1]), 'every mark is another');
        self::assertSame($faces[2], array_unique($faces[2]), 'every word is another');
    }

    private function panel(
        FakeTranslator|BridgeException $translator,
        ?FakeAdmin $admin = null,
        ?\Closure $prepare = null
    ): string {
        $translators = new FakeTranslatorFactory($translator);
        $connections = new InMemoryConnectionStore(new Connection('https://relay.example', 'shop-1', 'the-secret'));
        $parts = new RelayParts($this->database, new FakeRelay(), $connections, $this->clock);
        if ($prepare !== null) {
            $prepare($parts);
        }
        $reader = new StatusReader(
            $connections,
            new ModuleConfig($this->config),
            $translators,
            new SettingsRepository($this->values, new FakeRelay(), $translators, $this->clock),
            $this->editor,
            new OutboxProbe($this->store, $this->database->tables),
            new CaptureFailure(new ArrayCache(), $this->clock),
            $this->syncState,
            $parts->health(),
            $parts->installation,
            $this->values,
            $this->clock
        );
        $admin ??= new FakeAdmin();
        $format = FakeLocale::format();

        return $this->rendered('system/config/status_panel', new StatusPanel(
            $reader,
            new SetUpSteps(FakeLinks::of($this->config, $connections), $format, $admin),
            $format,
            $admin,
            $admin
        ));
    }

    /**
     * @param array<string, string> $parameters
     */
    private function dryRun(array $parameters, ?\Closure $answer = null): string
    {
        $adapter = $this->database->adapter;
        if (!$adapter->isTableExists('sales_invoice')) {
            $columns = '(entity_id INT, store_id INT, state INT, created_at DATETIME, '
                . 'increment_id VARCHAR(50), order_currency_code VARCHAR(3))';
            $adapter->execute('CREATE TABLE sales_invoice ' . $columns);
            $row = ['entity_id' => 33, 'store_id' => 1, 'state' => 2, 'created_at' => '2026-11-21 18:00:00'];
            $row += ['increment_id' => '000000033', 'order_currency_code' => 'GBP'];
            $adapter->insert('sales_invoice', $row);
        }
        $translators = new FakeTranslatorFactory(new FakeTranslator($answer));
        $settings = new SettingsRepository($this->values, new FakeRelay(), $translators, $this->clock);
        $settings->replaceWith('{}');
        $admin = new FakeAdmin($parameters);
        $dryRun = new DryRun(
            new BackfillRows($this->database->tables, new ResourceConnection($adapter)),
            new EntityEvents(
                new InvoiceCaptureRule(),
                new OrderCaptureRule(new PricedRowRule()),
                new OrderItemRows(new SalesRowReader($this->database->tables))
            ),
            RecordedEventBuilder::assemble(),
            RecordedFile::fromJson(GoldenRows::text('ship_excl_taxed'))->event(1),
            $translators,
            $settings
        );
        $dates = new DateOption(new StoreTimeZone($this->config));

        $numbers = new RecordNumbers($this->database->tables, new ResourceConnection($adapter));

        return $this->rendered(
            'dry_run',
            new DryRunPage(
                $dryRun,
                $dates,
                $numbers,
                $admin,
                $admin,
                $this->clock,
                FakeLocale::format(),
                FakeLocale::explanation(),
                FakeLocale::dayField()
            )
        );
    }

    private function dead(int $id): void
    {
        $entry = $this->stored(EventName::InvoiceCreated, $id, self::plan('{}'), Step::Freeze, Step::StartDelivery);
        $this->store->replace($entry, $entry->after(Step::DeadLetter, [
            'reasonCode' => 'http_422',
            'reasonMessage' => 'HTTP 422: no',
            'reasonSuggestion' => 'Look at it.',
        ]));
    }
}
