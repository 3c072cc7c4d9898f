<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Block;

use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Builds the tax rows of the order: which rates were applied to what.
 *
 * They speak of the whole order and are not divided among its documents here.
 */
class OrderTaxBlock
{
    /**
     * @param Row[] $taxes
     * @return array<int, array<string, mixed>>
     */
    public function buildTaxes(array $taxes): array
    {
        return array_map(static fn (Row $tax): array => [
            'tax_id' => $tax->integer('tax_id'),
            'code' => $tax->text('code'),
            'title' => $tax->text('title'),
            'percent' => $tax->money('percent'),
            'amount' => $tax->money('amount'),
        ], $taxes);
    }

    /**
     * @param Row[] $taxItems
     * @return array<int, array<string, mixed>>
     */
    public function buildTaxItems(array $taxItems): array
    {
        return array_map(static fn (Row $taxItem): array => [
            'tax_id' => $taxItem->integer('tax_id'),
            'item_id' => $taxItem->nullableInteger('item_id'),
            'associated_item_id' => $taxItem->nullableInteger('associated_item_id'),
            'tax_percent' => $taxItem->money('tax_percent'),
            'amount' => $taxItem->money('amount'),
            'taxable_item_type' => $taxItem->text('taxable_item_type'),
        ], $taxItems);
    }
}
