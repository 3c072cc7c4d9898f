<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Block;

use Byte8\SageAccounting\Model\Canonical\DistinctRows;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Builds the priced rows of an invoice or credit memo, each with what its order row knows about tax and type; or those
 * of an order.
 *
 * Rows whose price stands on another row are left out; the order of the rest is Magento's.
 */
class ItemsBlock
{
    private const DOCUMENT_QUANTITIES = ['qty'];

    private const ORDER_QUANTITIES = ['qty_ordered', 'qty_invoiced', 'qty_canceled'];

    private const MONEY_BEFORE_FIXED_PRODUCT_TAX = [
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
     * @param Row[] $orderItems
     * @return array<int, array<string, mixed>>
     */
    public function buildOrderItems(array $orderItems): array
    {
        return array_map($this->orderItem(...), $this->pricedRowRule->pricedOrderRows($orderItems));
    }

    /**
     * @return array<string, mixed>
     */
    private function item(Row $item, Row $orderItem): array
    {
        return [
            'entity_id' => $item->integer('entity_id'),
            'order_item_id' => $item->integer('order_item_id'),
        ] + $this->product($item) + $this->amounts($item, self::DOCUMENT_QUANTITIES) + [
            'order_item' => [
                'item_id' => $orderItem->integer('item_id'),
                'product_type' => $orderItem->text('product_type'),
                'tax_percent' => $orderItem->money('tax_percent'),
            ],
        ];
    }

    /**
     * @return array<string, mixed>
     */
    private function orderItem(Row $item): array
    {
        return ['item_id' => $item->integer('item_id')]
            + $this->product($item)
            + ['product_type' => $item->text('product_type')]
            + $this->amounts($item, self::ORDER_QUANTITIES)
            + ['tax_percent' => $item->money('tax_percent')];
    }

    /**
     * @return array<string, mixed>
     */
    private function product(Row $item): array
    {
        return [
            'product_id' => $item->nullableInteger('product_id'),
            'sku' => $item->text('sku'),
            'name' => $item->text('name'),
        ];
    }

    /**
     * @param string[] $quantities columns
     * @return array<string, ?string>
     */
    private function amounts(Row $item, array $quantities): array
    {
        $block = [];
        foreach ([...$quantities, ...self::MONEY_BEFORE_FIXED_PRODUCT_TAX] as $column) {
            $block[$column] = $item->money($column);
        }
        $block['weee_tax_applied'] = $item->optionalText('weee_tax_applied');

        return $block;
    }
}
