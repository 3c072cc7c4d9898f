<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Scenario;

use Byte8\SageAccounting\Tools\Magento\Run;

/**
 * Changes of products and stock that save no product, each by Magento's own way.
 */
class Products
{
    public static function run(Run $run): void
    {
        $run->part('products and stock');
        $programs = $run->programs;
        $product = $programs->drive('product');
        $id = (string) $product['id'];
        $run->check($run->waitingAfterRuns() === [], 'a new product reaches Sage');
        self::stands($run, $product['sku'], ['quantity_in_stock' => '10000']);

        $changes = [
            'source-items' => ['quantities at sources, by the inventory\'s service', ['quantity_in_stock' => '77']],
            'ship' => ['a shipment takes from the source', ['quantity_in_stock' => '75']],
            'mass-update' => ['a mass update of attributes', ['description' => 'Renamed by mass update']],
            'import' => ['an import', ['description' => 'Renamed by import']],
            'stock-item' => ['a saved stock row', ['quantity_in_stock' => '60']],
        ];
        foreach ($changes as $action => [$what, $expected]) {
            $before = $run->rows()['product.upserted:' . $id];
            $said = $programs->drive($action, $id);
            $after = $run->rows()['product.upserted:' . $id];
            $run->check($after === $before + 1, $what . ': captured once', [$before, $after, $said]);
            $run->check($run->waitingAfterRuns() === [], 'and delivered');
            self::stands($run, $product['sku'], $expected);
        }
        $before = $run->rows()['product.upserted:' . $id];
        $programs->drive('mass-update', $id);
        $programs->magento(['byte8:sage:outbox:run']);
        $programs->magento(['byte8:sage:outbox:run']);
        $state = $run->states()['product.upserted:' . $id];
        $isSkipped = $run->rows()['product.upserted:' . $id] > $before;
        $run->check($isSkipped, 'the same mass update again is captured', $state);
        $found = $programs->drive('grid', 'product_listing_data_source', 'synced', $id);
        $run->check($found['isThere'], 'the grid of products, filtered by synced', $found);
    }

    /**
     * @param array<string, string> $expected
     */
    private static function stands(Run $run, string $sku, array $expected): void
    {
        $items = array_values(array_filter(
            $run->programs->ledger()['stock_items'] ?? [],
            static fn (array $item): bool => ($item['item_code'] ?? '') === $sku
        ));
        $isAsExpected = count($items) === 1;
        foreach ($expected as $field => $value) {
            $seen = (string) ($items[0][$field] ?? '');
            $isAsExpected = $isAsExpected && (is_numeric($value) ? bccomp($seen, $value, 4) === 0 : $seen === $value);
        }
        $run->check($isAsExpected, 'stands once in Sage with ' . implode(', ', $expected), $items);
    }
}
