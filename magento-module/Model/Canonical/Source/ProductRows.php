<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Source;

/**
 * All rows of one product in the global scope, read at one moment.
 */
class ProductRows
{
    /**
     * @param Row $product row of catalog_product_entity
     * @param Row[] $attributes one row per attribute value: attribute_code, store_id, value
     * @param ?Row $stockItem row of cataloginventory_stock_item, null where there is none
     * @param Row[] $sourceItems rows of inventory_source_item; empty without multi-source inventory
     * @param Row $config effective configuration of the default scope, by path, as listed in ProductBlock
     */
    public function __construct(
        public readonly Row $product,
        public readonly array $attributes,
        public readonly ?Row $stockItem,
        public readonly array $sourceItems,
        public readonly Row $config,
        public readonly string $storeTimeZone
    ) {
    }
}
