<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Canonical;

use Byte8\SageAccounting\Model\Canonical\Source\ConfiguredThirdPartyTotals;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use Byte8\SageAccounting\Test\Recorded\RecordedEventBuilder;
use Byte8\SageAccounting\Test\Recorded\RecordedFile;
use PHPUnit\Framework\TestCase;

/**
 * The events other than invoice.created, and data that only some shops have.
 */
class OtherEventsTest extends TestCase
{
    private const ENVELOPE = [
        'schema', 'event', 'magento_entity_id', 'sequence', 'website_id', 'store_id', 'occurred_at', 'local_date',
    ];

    private const DOCUMENT_TAIL = [
        'order', 'billing_address', 'shipping_address', 'payment', 'order_tax', 'order_tax_items',
    ];

    public function testPaidHasTheBlocksOfCreated(): void
    {
        $created = GoldenRows::builtEvent('inv_open_then_paid', 1);
        $paid = GoldenRows::builtEvent('inv_open_then_paid', 2);

        self::assertSame(['invoice.created', 1], [$created['event'], $created['invoice']['state']]);
        self::assertSame(['invoice.paid', 2], [$paid['event'], $paid['invoice']['state']]);
        self::assertSame([...self::ENVELOPE, 'invoice', ...self::DOCUMENT_TAIL], array_keys($paid));
        self::assertSame(array_keys($created), array_keys($paid));
        self::assertSame(array_keys($created['invoice']), array_keys($paid['invoice']));
    }

    public function testCreditMemoHasItsOwnColumnsToo(): void
    {
        $event = GoldenRows::builtEvent('cm_adj_both', 2);

        $tail = array_slice(self::DOCUMENT_TAIL, 1);

        self::assertSame([...self::ENVELOPE, 'creditmemo', 'order', 'order_invoices', ...$tail], array_keys($event));
        self::assertSame('creditmemo.created', $event['event']);
        self::assertSame('2.0000', $event['creditmemo']['adjustment_positive']);
        self::assertSame('7.2500', $event['creditmemo']['adjustment_negative']);
        self::assertSame('-5.2500', $event['creditmemo']['adjustment']);
        self::assertSame('Restocking', $event['creditmemo']['customer_note']);
        self::assertSame(
            ['invoice_id', 'adjustment', 'adjustment_positive', 'adjustment_negative', 'customer_note'],
            array_values(array_diff(
                array_keys($event['creditmemo']),
                array_keys(GoldenRows::builtEvent('cm_adj_both', 1)['invoice'])
            ))
        );
    }

    public function testCurrenciesAndRatesReachUpToTheGlobalOnes(): void
    {
        foreach ([['invoice', 1], ['creditmemo', 2]] as [$block, $index]) {
            $document = GoldenRows::builtEvent('ws_eur_base', $index)[$block];

            self::assertSame(
                ['order_currency_code', 'base_currency_code', 'global_currency_code', 'base_to_order_rate',
                    'base_to_global_rate', 'grand_total'],
                array_slice(array_keys($document), 4, 6)
            );
            self::assertSame(['EUR', 'GBP', '0.8522'], [
                $document['base_currency_code'],
                $document['global_currency_code'],
                $document['base_to_global_rate'],
            ]);
        }
    }

    public function testCreditMemoOfAnOrderHasNoInvoice(): void
    {
        self::assertNull(GoldenRows::builtEvent('cm_full_offline_from_order', 2)['creditmemo']['invoice_id']);
        self::assertIsInt(GoldenRows::builtEvent('cm_full_from_invoice', 2)['creditmemo']['invoice_id']);
    }

    public function testVirtualOrderHasNoShippingAddress(): void
    {
        $event = GoldenRows::builtEvent('type_virtual', 1);

        self::assertSame(1, $event['order']['is_virtual']);
        self::assertNull($event['shipping_address']);
        self::assertSame('GB', $event['billing_address']['country_id']);
    }

    public function testStreetKeepsItsLineFeeds(): void
    {
        $street = GoldenRows::builtEvent('addr_long_street', 1)['billing_address']['street'];

        self::assertSame(3, substr_count($street, "\n"));
    }

    public function testCustomerComesWithTheAddressBook(): void
    {
        $event = GoldenRows::builtEvent('customers_basic', 1);

        self::assertSame([...self::ENVELOPE, 'customer', 'customer_addresses'], array_keys($event));
        self::assertSame('customer.upserted', $event['event']);
        self::assertSame(['ben.one@example.com', 9], [
            $event['customer']['email'],
            $event['customer']['default_billing'],
        ]);
        self::assertSame('Manchester', $event['customer_addresses'][0]['city']);
        $ofAnOrder = array_keys(GoldenRows::builtEvent('ship_excl_taxed', 1)['billing_address']);
        self::assertSame(
            ['entity_id', ...array_values(array_diff($ofAnOrder, ['email']))],
            array_keys($event['customer_addresses'][0])
        );
        self::assertStringNotContainsString('password', (string) json_encode($event));
    }

    public function testProductComesWithAttributesAndStock(): void
    {
        $event = GoldenRows::builtEvent('products_basic', 0);

        self::assertSame([...self::ENVELOPE, 'product'], array_keys($event));
        self::assertSame([0, 0], [$event['website_id'], $event['store_id']]);
        self::assertSame('19.990000', $event['product']['attributes']['price']);
        self::assertSame('42.0000', $event['product']['stock_item']['qty']);
        self::assertSame(
            [['source_code' => 'default', 'quantity' => '42.0000', 'status' => 1]],
            $event['product']['source_items']
        );
        self::assertSame(
            ['stock_item', 'source_items', 'config_manage_stock', 'price_includes_tax', 'base_currency_code'],
            array_slice(array_keys($event['product']), -5)
        );
    }

    public function testProductsSettingsComeFromTheFileOrAreThoseOfAnUntouchedShop(): void
    {
        $found = [];
        foreach ([false, true] as $noted) {
            $text = GoldenRows::changed('products_basic', static function (array &$document) use ($noted): void {
                $document['config'] = $noted ? [
                    'cataloginventory/item_options/manage_stock' => '0',
                    'tax/calculation/price_includes_tax' => '1',
                    'currency/options/base' => 'EUR',
                ] : null;
            });
            $built = (string) (new RecordedEventBuilder())->build(RecordedFile::fromJson($text)->event(0));
            $found[] = array_slice(array_values(json_decode($built, true)['product']), -3);
        }

        self::assertSame([[1, 0, 'GBP'], [0, 1, 'EUR']], $found);
    }

    public function testProductOfAShopWithoutSourcesHasNone(): void
    {
        $text = GoldenRows::changed('products_basic', static function (array &$document): void {
            unset($document['events'][0]['source_items']);
        });
        $built = (string) (new RecordedEventBuilder())->build(RecordedFile::fromJson($text)->event(0));

        self::assertStringContainsString('"source_items":[],', $built);
    }

    public function testStoresTimeZoneGoesBeforeTheFilesAndThatBeforeLondon(): void
    {
        $dates = [];
        foreach ([[null, null], ['Pacific/Auckland', null], ['Pacific/Auckland', 'America/New_York']] as $zones) {
            $text = GoldenRows::changed('ship_excl_taxed', static function (array &$document) use ($zones): void {
                $document['events'][1]['invoice']['created_at'] = '2026-11-21 12:30:00';
                $document['config']['general/locale/timezone'] = $zones[0];
                $document['events'][1]['store']['timezone'] = $zones[1];
            });
            $built = (new RecordedEventBuilder())->build(RecordedFile::fromJson($text)->event(1));
            $dates[] = json_decode((string) $built, true)['local_date'];
        }

        self::assertSame(['2026-11-21', '2026-11-22', '2026-11-21'], $dates);
    }

    public function testTotalsOfOtherModulesAndOfCommerceAreListed(): void
    {
        $text = GoldenRows::changed('ship_excl_taxed', static function (array &$document): void {
            $document['events'][1]['invoice'] += ['some_fee' => '1.5000', 'some_fee_tax' => '0.3000'];
            $document['events'][1]['invoice']['gift_cards_amount'] = '5.0000';
        });
        $totals = new ConfiguredThirdPartyTotals([
            'some_fee' => ['title' => 'Some fee', 'amount' => 'some_fee', 'tax_amount' => 'some_fee_tax'],
            'absent_fee' => ['title' => 'Absent fee', 'amount' => 'absent_fee'],
        ]);
        $built = (new RecordedEventBuilder($totals))->build(RecordedFile::fromJson($text)->event(1));
        $invoice = json_decode((string) $built, true)['invoice'];

        self::assertSame([[
            'code' => 'some_fee',
            'title' => 'Some fee',
            'amount' => '1.5000',
            'tax_amount' => '0.3000',
            'tax_percent' => null,
        ]], $invoice['other']);
        self::assertSame('5.0000', $invoice['gift_cards_amount']);
    }

    public function testOnlyTheTitleOfThePaymentLeavesMagento(): void
    {
        $text = GoldenRows::changed('ship_excl_taxed', static function (array &$document): void {
            $document['events'][1]['order_payment']['additional_information']
                = '{"method_title":"Card","cc_owner":"Pat Example","token":"tok_secret"}';
        });
        $built = (string) (new RecordedEventBuilder())->build(RecordedFile::fromJson($text)->event(1));

        self::assertStringContainsString('"method_title":"Card"', $built);
        self::assertStringNotContainsString('tok_secret', $built);
        self::assertStringNotContainsString('cc_owner', $built);
    }
}
