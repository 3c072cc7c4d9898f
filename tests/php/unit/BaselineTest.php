<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Unit;

use Byte8\SageAccounting\Tools\Baseline\InvoiceTranslator;
use PHPUnit\Framework\TestCase;

/**
 * A yardstick that does less than it says would measure nothing.
 */
class BaselineTest extends TestCase
{
    private const GOLDEN = __DIR__ . '/../../../golden/';

    /**
     * @dataProvider plainCases
     */
    public function testPlainSaleGivesTheGoldenDecision(string $case): void
    {
        $folder = self::GOLDEN . 'cases/' . $case;
        $decision = (new InvoiceTranslator())->translate(
            (string) file_get_contents($folder . '/canonical.json'),
            (string) file_get_contents(self::GOLDEN . 'profiles/gb_base.json')
        );

        self::assertSame(
            json_encode(json_decode((string) file_get_contents($folder . '/sage.json'), true)),
            json_encode(json_decode($decision, true))
        );
    }

    /**
     * @return iterable<string, array{string}>
     */
    public static function plainCases(): iterable
    {
        $cases = [
            'contact/name_from_the_order', 'contact/right_to_left_and_emoji', 'invoice/all_product_types_in_one_order',
            'invoice/coupon_on_prices_excluding_tax', 'invoice/domestic_sale_with_taxed_shipping',
            'invoice/dynamic_bundle_sends_its_children', 'invoice/row_rounding_tax', 'invoice/two_hundred_lines',
            'invoice/unit_price_below_a_penny', 'invoice/virtual_order_has_no_shipping_address',
            'reference/registered_customer',
        ];
        foreach ($cases as $case) {
            yield $case => [$case];
        }
    }

    public function testWhatItDoesNotKnowItRefuses(): void
    {
        $event = (string) file_get_contents(self::GOLDEN . 'cases/currency/euro_store_view/canonical.json');
        $settings = (string) file_get_contents(self::GOLDEN . 'profiles/gb_base.json');

        $this->expectException(\DomainException::class);
        (new InvoiceTranslator())->translate($event, $settings);
    }
}
