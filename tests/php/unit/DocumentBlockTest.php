<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Unit;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition as Step;
use Byte8\SageAccounting\Model\Records\OrderDocuments;
use Byte8\SageAccounting\Model\Records\RecordNumbers;
use Byte8\SageAccounting\Model\SentContent\SentContentReader;
use Byte8\SageAccounting\Model\Settings\LiveState;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Fake\FakeAdmin;
use Byte8\SageAccounting\Test\Fake\FakeLocale;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FakeScopeConfig;
use Byte8\SageAccounting\Test\Fake\FakeTranslator;
use Byte8\SageAccounting\Test\Fake\FakeTranslatorFactory;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;
use Byte8\SageAccounting\Test\Unit\ViewModel\FakeLinks;
use Byte8\SageAccounting\Tools\AdminScreen;
use Byte8\SageAccounting\ViewModel\RecordLinks;
use Byte8\SageAccounting\ViewModel\StatusChip;
use Byte8\SageAccounting\ViewModel\SyncInfo;
use Byte8\SageAccounting\ViewModel\SyncInfoLines;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\Data\Form\FormKey;
use Magento\Framework\Escaper;

/**
 * The block on the page of an invoice and of an order.
 */
class DocumentBlockTest extends DatabaseTestCase
{
    use AdminScreen;

    private FakeTranslator $core;

    protected function setUp(): void
    {
        parent::setUp();
        foreach (['sales_invoice', 'sales_creditmemo', 'sales_order'] as $table) {
            $this->database->adapter->execute('CREATE TEMPORARY TABLE ' . $table . ' (entity_id INT PRIMARY KEY, '
                . 'order_id INT, increment_id VARCHAR(50), grand_total DECIMAL(20,4), order_currency_code VARCHAR(3))');
        }
        $this->database->adapter->execute("INSERT INTO sales_invoice VALUES (33, 9, '000000033', 35.99, 'GBP')");
        $this->core = new FakeTranslator(static fn () => FakeTranslator::post('{"key":"k"}'));
    }

    public function testItSaysReferenceTotalReasonAndWhatHelps(): void
    {
        $this->sent('{"key":"k"}');
        $dom = $this->shown('invoice', $this->info());

        $texts = [
            'SI-27', '£35.99', '21 Nov 2026, 12:00', 'A tax percentage has no Sage tax rate', '17.5 % is not mapped.',
            'Map &lt;it&gt;.', 'A text was shortened to fit Sage',
        ];
        foreach ($texts as $text) {
            self::assertStringContainsString($text, $dom);
        }
        self::assertMatchesRegularExpression('~/b/shop-1/documents/run-1"[^>]*>SI-27<~', $dom);
        self::assertMatchesRegularExpression('~/b/shop-1/settings"[^>]*>Open the settings<~', $dom);
        foreach (['Send again', 'Hold', 'Never send', 'Dry run'] as $button) {
            self::assertStringContainsString($button, $dom);
        }
        self::assertSame(2, substr_count($dom, 'name="form_key"'));
        foreach (['SQ-007', 'invoice.created', '2026-11-21', '/settings/policy'] as $raw) {
            self::assertStringNotContainsString($raw, $dom);
        }
    }

    public function testItShowsWhatWasSentAndWhetherTheSettingsAreOther(): void
    {
        $this->sent('{"key":"k"}');
        $html = $this->info();
        self::assertStringContainsString('What was sent', $html);
        self::assertStringNotContainsString('have changed since', $html);

        $this->core = new FakeTranslator(static fn () => FakeTranslator::post('{"key":"other"}'));
        self::assertStringContainsString('have changed since', $this->info());
        $this->editor->cleanUp($this->clock->now()->modify('+1 year'));
        self::assertStringNotContainsString('What was sent', $this->info(), 'after a clean-up nobody knows');
    }

    public function testItIsNotThereForThoseWhoMayNotSeeIt(): void
    {
        self::assertSame('', trim($this->info(new FakeAdmin(['invoice_id' => 33], ['Byte8_SageAccounting::view']))));
        $html = $this->info(new FakeAdmin(['invoice_id' => 33], [
            'Byte8_SageAccounting::resync', 'Byte8_SageAccounting::hold', 'Byte8_SageAccounting::dry_run',
        ]));
        self::assertStringContainsString('has not been sent to Sage', $html);
        self::assertStringNotContainsString('<button', $html);
    }

    public function testItAsksForNewsOnlyWhileAResultIsToCome(): void
    {
        $this->sent('{"key":"k"}');
        self::assertStringNotContainsString('poll_status', $this->info());

        $settled = $this->syncState->find('invoice', [33])[33]->digest();
        $this->syncState->record(new SyncStateRow('invoice', 33, 'payment', SyncStatus::Pending));
        $pending = $this->syncState->find('invoice', [33])[33]->digest();
        self::assertNotSame($settled, $pending);
        self::assertSame(1, preg_match('~data-mage-init="([^"]*poll_status[^"]*)"~', $this->info(), $found));
        $options = json_decode(html_entity_decode($found[1]), true)['Byte8_SageAccounting/js/poll_status'];
        self::assertSame([10, $pending], [$options['seconds'], $options['digest']]);
        self::assertMatchesRegularExpression('~entity/status\?type=invoice&entity=33~', $options['url']);
    }

    public function testAnOrderShowsItsDocumentsAndIsSentOnlyWhereTheSettingsSaySo(): void
    {
        $admin = new FakeAdmin(['order_id' => 9]);
        $this->sent('{"key":"k"}');
        $html = $this->shown('order', $this->info($admin, 'order'));
        self::assertStringContainsString('Invoice 000000033', $html);
        self::assertStringContainsString('Payment: Needs attention', $html);
        self::assertMatchesRegularExpression('~entity/resync\?type=invoice&(amp;)?entity=33~', $html);
        self::assertStringNotContainsString('value="hold"', $html, 'the order itself is not sent');

        $other = new FakeAdmin(['order_id' => 10]);
        self::assertSame('', trim($this->info($other, 'order')));
        OrderSetting::store($this->values, '{"policy":{"sync_estimates":true}}');
        self::assertStringContainsString('value="hold"', $this->info($other, 'order'));
        OrderSetting::forget($this->values);
        $this->captured(EventName::OrderPlaced, 10);
        self::assertStringContainsString('Queued', $this->info($other, 'order'));
    }

    private function sent(string $plan): void
    {
        $findings = [
            'firedRules' => ['SQ-007'], 'warningsJson' => '[{"code":"field_shortened","message":"cut"}]',
            'eventJson' => '{}',
        ];
        $this->stored(
            EventName::InvoiceCreated,
            33,
            $findings + self::plan($plan),
            Step::Freeze,
            Step::StartDelivery,
            Step::ConfirmDelivery
        );
        $this->syncState->record(new SyncStateRow(
            'invoice',
            33,
            'document',
            SyncStatus::Synced,
            '2026-11-21 12:00:00',
            'abc',
            'SI-27',
            'run-1',
            '35.9900',
            '35.9900'
        ), new SyncStateRow(
            'invoice',
            33,
            'payment',
            SyncStatus::Failed,
            reasonCode: 'tax_rate_not_mapped',
            reasonPointer: '/settings/policy/tax_rate_map',
            reasonMessage: '17.5 % is not mapped.',
            reasonSuggestion: 'Map <it>.'
        ));
    }

    private function info(?FakeAdmin $admin = null, string $entityType = 'invoice'): string
    {
        $admin ??= new FakeAdmin(['invoice_id' => 33]);
        $chip = new StatusChip(new Escaper(), new LiveState($this->values));
        $translators = new FakeTranslatorFactory($this->core);
        $settings = new SettingsRepository($this->values, new FakeRelay(), $translators, $this->clock);
        if ($settings->document() === null) {
            $settings->replaceWith('{}');
            OrderSetting::forget($this->values);
        }
        $config = new FakeScopeConfig(['byte8/sage_accounting/dashboard_url' => 'https://relay.example/']);

        return $this->rendered('sync_info', new SyncInfo(
            $this->syncState,
            $this->editor,
            new SyncInfoLines(
                $chip,
                new OrderDocuments($this->database->tables, $this->syncState),
                new RecordLinks($admin),
                FakeLocale::format()
            ),
            new SentContentReader($translators, $settings),
            new RecordNumbers($this->database->tables, new ResourceConnection($this->database->adapter)),
            $admin,
            $admin,
            $admin,
            new FormKey(),
            new OrderSetting($this->values),
            $chip,
            FakeLinks::of(
                $config,
                new InMemoryConnectionStore(new Connection('https://relay.example', 'shop-1', 'the-secret'))
            ),
            FakeLocale::format(),
            FakeLocale::explanation(),
            $entityType,
            $entityType . '_id'
        ));
    }
}
