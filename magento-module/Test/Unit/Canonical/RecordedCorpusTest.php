<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Canonical;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use Byte8\SageAccounting\Test\Recorded\RecordedEventBuilder;
use PHPUnit\Framework\TestCase;

/**
 * What must be true of every event built from every recorded document.
 */
class RecordedCorpusTest extends TestCase
{
    /** Keys whose values are JSON integers; every other scalar is a string. */
    private const INTEGER_KEYS = [
        'magento_entity_id', 'sequence', 'website_id', 'store_id', 'entity_id', 'order_item_id', 'product_id',
        'item_id', 'associated_item_id', 'tax_id', 'customer_id', 'customer_is_guest', 'customer_group_id', 'group_id',
        'is_virtual', 'state', 'invoice_id', 'default_billing', 'default_shipping', 'is_in_stock', 'manage_stock',
        'use_config_manage_stock', 'is_qty_decimal', 'config_manage_stock', 'price_includes_tax',
    ];

    /** Paths of integers whose key alone does not identify them. */
    private const INTEGER_PLACES = '~/(source_items/\d+/status|order_item_ids/\d+)$~D';

    /** Paths of texts whose key is an integer elsewhere: the state of an order. */
    private const TEXT_PLACES = '~#\d+/order/state$~D';

    /** Magento itself cancels no credit memo, and no recording is named after the last invoice of an order. */
    private const NOT_RECORDED = [EventName::CreditMemoCanceled, EventName::OrderInvoiced];

    /**
     * @return iterable<string, array{string}>
     */
    public static function files(): iterable
    {
        foreach (GoldenRows::names() as $name) {
            yield $name => [$name];
        }
    }

    /**
     * @dataProvider files
     */
    public function testEveryScalarHasItsKindAndNothingIsAFloat(string $name): void
    {
        $file = GoldenRows::file($name);
        $builder = new RecordedEventBuilder();
        $lines = 0;
        for ($index = 0; $index < $file->count(); $index++) {
            $text = $builder->build($file->event($index));
            if ($text !== null) {
                self::assertStringNotContainsString("\n", $text);
                $this->checkKinds(json_decode($text, true, 512, JSON_THROW_ON_ERROR), $name . '#' . $index);
                $lines++;
            }
        }
        self::assertSame($lines, $this->eventsOfOurs($name));
    }

    public function testAllKindsOfDocumentAreInTheRecording(): void
    {
        $seen = [];
        foreach (GoldenRows::names() as $name) {
            $file = GoldenRows::file($name);
            for ($index = 0; $index < $file->count(); $index++) {
                $seen[$file->event($index)->captured()?->name->value ?? 'none'] = true;
            }
        }
        foreach (EventName::cases() as $event) {
            if (!in_array($event, self::NOT_RECORDED, true)) {
                self::assertArrayHasKey($event->value, $seen);
            }
        }
        self::assertArrayHasKey('none', $seen);
    }

    /**
     * The remaining rows must be the ones that Magento itself added up.
     *
     * Fixed product taxes may be in the subtotal without being in any row.
     *
     * @dataProvider files
     */
    public function testPricedRowsAddUpToMagentosSubtotal(string $name): void
    {
        $file = GoldenRows::file($name);
        $builder = new RecordedEventBuilder();
        $checked = 0;
        for ($index = 0; $index < $file->count(); $index++) {
            $event = json_decode($builder->build($file->event($index)) ?? '{}', true);
            $document = $event['invoice'] ?? $event['creditmemo'] ?? $event['order'] ?? null;
            if ($document === null || str_starts_with($name, 'fpt_')) {
                continue;
            }
            $sum = '0.0000';
            foreach ($document['items'] as $item) {
                self::assertNotNull($item['row_total'], 'a row without a price was taken for priced');
                $sum = bcadd($sum, $item['row_total'], 4);
            }
            self::assertSame($document['subtotal'], $sum, $name . '#' . $index);
            $checked++;
        }
        self::assertGreaterThanOrEqual(0, $checked);
    }

    /**
     * @param array<int|string, mixed> $values
     */
    private function checkKinds(array $values, string $path): void
    {
        foreach ($values as $key => $value) {
            $place = $path . '/' . $key;
            if (is_array($value)) {
                $this->checkKinds($value, $place);
            } elseif ($value !== null) {
                $isInteger = in_array($key, self::INTEGER_KEYS, true)
                    && preg_match(self::TEXT_PLACES, $place) !== 1
                    || preg_match(self::INTEGER_PLACES, $place) === 1;
                $expected = $isInteger ? 'int' : 'string';
                self::assertSame($expected, get_debug_type($value), $place);
            }
        }
    }

    private function eventsOfOurs(string $name): int
    {
        $ours = '/"event": ?"(invoice\.(created|created_open|paid|cancelled)|creditmemo\.created'
            . '|order\.(placed|cancelled)|customer\.(saved|edited)|product\.saved)"/';

        return (int) preg_match_all($ours, GoldenRows::text($name));
    }
}
