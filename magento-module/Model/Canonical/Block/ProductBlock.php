<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Block;

use Byte8\SageAccounting\Model\Canonical\QuotedValue;
use Byte8\SageAccounting\Model\Canonical\Source\ProductRows;
use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Builds the product: its row, the attributes a ledger can use, its stock and the settings that explain them.
 *
 * Attribute values are the global ones (store 0) and stay strings whatever their backend type is.
 */
class ProductBlock
{
    public const ATTRIBUTES = [
        'name',
        'status',
        'tax_class_id',
        'price',
        'special_price',
        'cost',
        'short_description',
        'description',
    ];

    /** The shop's settings without which stock and price of a product cannot be understood. */
    public const CONFIG_MANAGE_STOCK = 'cataloginventory/item_options/manage_stock';
    public const CONFIG_PRICE_INCLUDES_TAX = 'tax/calculation/price_includes_tax';
    public const CONFIG_BASE_CURRENCY = 'currency/options/base';

    private const GLOBAL_STORE_ID = 0;

    /**
     * @return array<string, mixed>
     */
    public function build(ProductRows $rows): array
    {
        return [
            'entity_id' => $rows->product->integer('entity_id'),
            'sku' => $rows->product->text('sku'),
            'type_id' => $rows->product->text('type_id'),
            'created_at' => $rows->product->text('created_at'),
            'updated_at' => $rows->product->text('updated_at'),
            'attributes' => $this->attributes($rows->attributes),
            'stock_item' => $rows->stockItem === null ? null : $this->stockItem($rows->stockItem),
            'source_items' => $this->sourceItems($rows->sourceItems),
            'config_manage_stock' => $rows->config->nullableInteger(self::CONFIG_MANAGE_STOCK),
            'price_includes_tax' => $rows->config->integer(self::CONFIG_PRICE_INCLUDES_TAX),
            'base_currency_code' => $rows->config->text(self::CONFIG_BASE_CURRENCY),
        ];
    }

    /**
     * @param Row[] $rows
     * @return array<string, ?string>
     */
    private function attributes(array $rows): array
    {
        $values = [];
        foreach ($rows as $row) {
            $code = $row->text('attribute_code');
            if (!in_array($code, self::ATTRIBUTES, true) || $row->integer('store_id') !== self::GLOBAL_STORE_ID) {
                continue;
            }
            if (array_key_exists($code, $values)) {
                throw $row->problem('attribute_code', sprintf('"%s" comes twice', $code));
            }
            $values[$code] = $row->text('value');
        }

        return array_merge(array_fill_keys(self::ATTRIBUTES, null), $values);
    }

    /**
     * @return array<string, mixed>
     */
    private function stockItem(Row $stockItem): array
    {
        return [
            'qty' => $stockItem->money('qty'),
            'is_in_stock' => $stockItem->nullableInteger('is_in_stock'),
            'manage_stock' => $stockItem->nullableInteger('manage_stock'),
            'use_config_manage_stock' => $stockItem->nullableInteger('use_config_manage_stock'),
            'is_qty_decimal' => $stockItem->nullableInteger('is_qty_decimal'),
        ];
    }

    /**
     * @param Row[] $rows
     * @return array<int, array<string, mixed>>
     */
    private function sourceItems(array $rows): array
    {
        $blocks = [];
        $codes = [];
        foreach ($rows as $row) {
            $code = $row->text('source_code');
            if (in_array($code, $codes, true)) {
                throw $row->problem('source_code', sprintf('%s comes twice', QuotedValue::withKind($code)));
            }
            $codes[] = $code;
            $blocks[] = [
                'source_code' => $code,
                'quantity' => $row->money('quantity'),
                'status' => $row->integer('status'),
            ];
        }

        return $blocks;
    }
}
