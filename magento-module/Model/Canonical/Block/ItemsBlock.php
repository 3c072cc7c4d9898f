<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Block;

use Byte8\SageAccounting\Model\Canonical\DistinctRows;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Builds the priced rows of an invoice or credit memo, each with what its order row knows about tax and type.
 *
 * Rows whose price stands on another row are left out; the order of the rest is Magento's.
 */
class ItemsBlock
{
    private const MONEY_BEFORE_FIXED_PRODUCT_TAX = [
        'qty',
        'price',
        'price_incl_tax',
        'row_total',
        'row_total_incl_tax',
        'tax_amount',
        'discount_amount',
        'discount_tax_compensation_amount',
    ];

    public function __construct(private readonly PricedRowRule $pricedRowRule)
    {
    }

    /**
     * @param Row[] $documentItems
     * @param Row[] $orderItems
     * @return array<int, array<string, mixed>>
     */
    public function build(array $documentItems, array $orderItems): array
    {
        $orderItemsById = DistinctRows::byId($orderItems, 'item_id');

        return array_map(
            fn (Row $item): array => $this->item($item, $orderItemsById[$item->integer('order_item_id')]),
            $this->pricedRowRule->pricedRowsOf($documentItems, $orderItems)
        );
    }

    /**
     * @return array<string, mixed>
     */
    private function item(Row $item, Row $orderItem): array
    {
        $block = [
            'entity_id' => $item->integer('entity_id'),
            'order_item_id' => $item->integer('order_item_id'),
            'product_id' => $item->nullableInteger('product_id'),
            'sku' => $item->text('sku'),
            'name' => $item->text('name'),
        ];
        foreach (self::MONEY_BEFORE_FIXED_PRODUCT_TAX as $column) {
            $block[$column] = $item->money($column);
        }
        $block['weee_tax_applied'] = $item->optionalText('weee_tax_applied');
        $block['order_item'] = [
            'item_id' => $orderItem->integer('item_id'),
            'product_type' => $orderItem->text('product_type'),
            'tax_percent' => $orderItem->money('tax_percent'),
        ];

        return $block;
    }
}
