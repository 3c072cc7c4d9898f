<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical;

use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Says which order rows carry their own price.
 *
 * A configurable product and its chosen simple product are two rows of one sale, and so are a bundle and its
 * parts; only one side of each pair is priced, and `product_options.product_calculations` of the parent row says
 * which. Works on the rows of the whole order, because being a parent shows only in the other rows.
 */
class PricedRowRule
{
    /** Value of product_calculations that puts the price on the child rows; any other value means the parent. */
    private const PRICE_ON_CHILDREN = '0';

    /**
     * The order rows that are priced themselves, by item_id.
     *
     * @param Row[] $orderItems all item rows of one order
     * @return array<int, bool>
     */
    public function pricedByItemId(array $orderItems): array
    {
        $rowsById = DistinctRows::byId($orderItems, 'item_id');
        $parentOf = [];
        $isParent = [];
        foreach ($rowsById as $itemId => $row) {
            $parentId = $row->nullableInteger('parent_item_id');
            if ($parentId === null) {
                continue;
            }
            if (!isset($rowsById[$parentId])) {
                throw $row->problem('parent_item_id', sprintf('no order item has the item_id %d', $parentId));
            }
            $parentOf[$itemId] = $parentId;
            $isParent[$parentId] = true;
        }
        $this->assertNoCycle($rowsById, $parentOf);
        $priced = [];
        $priceIsOnChildren = array_map($this->priceIsOnChildren(...), $rowsById);
        foreach (array_keys($rowsById) as $itemId) {
            $priced[$itemId] = match (true) {
                isset($parentOf[$itemId]) => $priceIsOnChildren[$parentOf[$itemId]],
                isset($isParent[$itemId]) => !$priceIsOnChildren[$itemId],
                default => true,
            };
        }

        return $priced;
    }

    /**
     * Rows that are parents of each other would all count as unpriced and be lost.
     *
     * @param array<int, Row> $rowsById
     * @param array<int, int> $parentOf
     */
    private function assertNoCycle(array $rowsById, array $parentOf): void
    {
        foreach (array_keys($parentOf) as $itemId) {
            $above = $parentOf[$itemId];
            for ($steps = 0; $above !== $itemId && isset($parentOf[$above]) && $steps < count($parentOf); $steps++) {
                $above = $parentOf[$above];
            }
            if ($above === $itemId) {
                throw $rowsById[$itemId]->problem('parent_item_id', sprintf(
                    'order item %d is among its own parents',
                    $itemId
                ));
            }
        }
    }

    /**
     * The rows of an invoice or credit memo that are priced themselves, in their own order.
     *
     * @param Row[] $documentItems
     * @param Row[] $orderItems all item rows of the document's order
     * @return Row[]
     */
    public function pricedRowsOf(array $documentItems, array $orderItems): array
    {
        $priced = $this->pricedByItemId($orderItems);
        $rows = [];
        foreach (DistinctRows::byId($documentItems, 'entity_id') as $item) {
            $orderItemId = $item->integer('order_item_id');
            if (!isset($priced[$orderItemId])) {
                throw $item->problem('order_item_id', sprintf('no order item has the item_id %d', $orderItemId));
            }
            if ($priced[$orderItemId]) {
                $rows[] = $item;
            }
        }

        return $rows;
    }

    /**
     * The rows of an order that are priced themselves, in their own order.
     *
     * @param Row[] $orderItems all item rows of one order
     * @return Row[]
     */
    public function pricedOrderRows(array $orderItems): array
    {
        $priced = $this->pricedByItemId($orderItems);

        return array_values(array_filter(
            $orderItems,
            static fn (Row $item): bool => $priced[$item->integer('item_id')]
        ));
    }

    private function priceIsOnChildren(Row $row): bool
    {
        $calculation = $row->jsonText('product_options')['product_calculations'] ?? null;
        if ($calculation === null) {
            return false;
        }
        if (!is_int($calculation) && !is_string($calculation)) {
            throw $row->problem('product_options.product_calculations', 'expected 0 or 1');
        }

        return (string) $calculation === self::PRICE_ON_CHILDREN;
    }
}
