<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Canonical;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use PHPUnit\Framework\TestCase;

/**
 * For each product type: which of its rows has the price.
 */
class PricedRowRuleTest extends TestCase
{
    public function testConfigurableIsPricedOnItsParent(): void
    {
        $first = GoldenRows::builtEvent('type_configurable', 1)['invoice']['items'];
        $second = GoldenRows::builtEvent('type_configurable', 2)['invoice']['items'];

        self::assertSame(['configurable'], $this->types($first));
        self::assertSame(['configurable', 'simple'], $this->types($second));
    }

    public function testFixedBundleIsPricedOnItsParent(): void
    {
        $items = GoldenRows::builtEvent('type_bundle_fixed', 1)['invoice']['items'];

        self::assertSame(['bundle'], $this->types($items));
    }

    public function testDynamicBundleIsPricedOnItsParts(): void
    {
        $items = GoldenRows::builtEvent('type_bundle_dynamic', 1)['invoice']['items'];

        self::assertSame(['type_bundle_dynamic-02', 'type_bundle_dynamic-03'], array_column($items, 'sku'));
        self::assertSame(['simple', 'simple'], $this->types($items));
    }

    public function testGroupedHasOnlyPricedRows(): void
    {
        $items = GoldenRows::builtEvent('type_grouped', 1)['invoice']['items'];

        self::assertSame(['grouped', 'grouped', 'grouped'], $this->types($items));
    }

    public function testCreditMemoFollowsTheSameRule(): void
    {
        $items = GoldenRows::builtEvent('type_bundle_dynamic', 2)['creditmemo']['items'];

        self::assertSame(['simple', 'simple'], $this->types($items));
    }

    /**
     * @return array<string, array{?string, bool, bool}> product_options of the parent, parent priced, child priced
     */
    public static function calculations(): array
    {
        return [
            'on the children, as a number' => ['{"product_calculations":0}', false, true],
            'on the children, as a string' => ['{"product_calculations":"0"}', false, true],
            'on the parent' => ['{"product_calculations":1}', true, false],
            'not said' => ['{}', true, false],
            'said as null' => ['{"product_calculations":null}', true, false],
            'no options at all' => [null, true, false],
        ];
    }

    /**
     * @dataProvider calculations
     */
    public function testOnlyTheParentsCalculationCounts(?string $options, bool $parent, bool $child): void
    {
        $priced = (new PricedRowRule())->pricedByItemId([
            $this->row(10, null, $options),
            $this->row(11, 10, '{"product_calculations":0}'),
            $this->row(12, null, '{"product_calculations":0}'),
        ]);

        self::assertSame([10 => $parent, 11 => $child, 12 => true], $priced);
    }

    public function testParentThatDoesNotExistIsNamed(): void
    {
        $this->expectException(CanonicalDataException::class);
        $this->expectExceptionMessage('row11.parent_item_id: no order item has the item_id 10');

        (new PricedRowRule())->pricedByItemId([$this->row(11, 10, null)]);
    }

    private function row(int $itemId, ?int $parentItemId, ?string $options): Row
    {
        return new Row([
            'item_id' => (string) $itemId,
            'parent_item_id' => $parentItemId === null ? null : (string) $parentItemId,
            'product_options' => $options,
        ], 'row' . $itemId);
    }

    /**
     * @param array<int, array<string, mixed>> $items
     * @return string[]
     */
    private function types(array $items): array
    {
        return array_map(static fn (array $item): string => $item['order_item']['product_type'], $items);
    }
}
