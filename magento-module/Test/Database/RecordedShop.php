<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Database;

use Byte8\SageAccounting\Test\Recorded\GoldenRows;

/**
 * Recorded rows of sales documents in the tables they were recorded from; the next recording replaces them.
 */
class RecordedShop
{
    private const TABLES = [
        'invoice' => ['sales_invoice', 'entity_id'],
        'invoice_items' => ['sales_invoice_item', 'entity_id'],
        'creditmemo' => ['sales_creditmemo', 'entity_id'],
        'creditmemo_items' => ['sales_creditmemo_item', 'entity_id'],
        'order' => ['sales_order', 'entity_id'],
        'order_items' => ['sales_order_item', 'item_id'],
        'order_addresses' => ['sales_order_address', 'entity_id'],
        'order_payment' => ['sales_order_payment', 'entity_id'],
        'order_tax' => ['sales_order_tax', 'tax_id'],
        'order_tax_items' => ['sales_order_tax_item', 'tax_item_id'],
    ];

    /** Columns used in conditions, for recordings that have no row to infer their type from. */
    private const COMPARED = ['order_id', 'parent_id', 'tax_id'];

    /** Columns that the real tables have, for recordings in which nothing of the kind occurs. */
    private const DOCUMENT = [
        'state', 'increment_id', 'updated_at', 'order_currency_code', 'grand_total', 'tax_amount', 'discount_amount',
        'shipping_amount', 'shipping_tax_amount', 'shipping_discount_tax_compensation_amount',
    ];
    private const ITEM = [
        'order_item_id', 'row_total', 'discount_amount', 'tax_amount', 'discount_tax_compensation_amount',
    ];
    private const USED = [
        'invoice' => self::DOCUMENT,
        'invoice_items' => self::ITEM,
        'creditmemo' => [...self::DOCUMENT, 'invoice_id'],
        'creditmemo_items' => self::ITEM,
        'order_tax_items' => ['taxable_item_type', 'tax_percent'],
    ];

    /** @var array<int, array<string, mixed>> */
    public readonly array $recordedEvents;

    public function __construct(private readonly TestDatabase $database, string $name)
    {
        $this->recordedEvents = json_decode(GoldenRows::text($name), true, 512, JSON_THROW_ON_ERROR)['events'];
        foreach (self::TABLES as $key => [$table, $id]) {
            $this->createTable($key, $table, $id);
        }
    }

    /**
     * Sets the tables to their content at the time of an event.
     *
     * @param int $place counted from 0
     */
    public function setTo(int $place): void
    {
        // Backwards, so that nothing depends on the order in which rows were written.
        foreach (array_reverse(array_keys(self::TABLES)) as $key) {
            [$table, $id] = self::TABLES[$key];
            foreach (array_reverse($this->rows($this->recordedEvents[$place], $key)) as $row) {
                $this->database->adapter->delete($table, [$id . ' = ?' => $row[$id]]);
                $this->database->adapter->insert($table, $row);
            }
        }
    }

    private function createTable(string $key, string $table, string $id): void
    {
        $kinds = [$id => 'BIGINT', 'created_at' => null] + array_fill_keys(self::COMPARED, 'BIGINT');
        foreach ($this->recordedEvents as $recordedEvent) {
            foreach ($this->rows($recordedEvent, $key) as $row) {
                foreach ($row as $column => $value) {
                    $kinds[$column] = $this->commonKind($kinds[$column] ?? null, $value);
                }
            }
        }
        $kinds += array_fill_keys(self::USED[$key] ?? [], null);
        $columns = [];
        foreach ($kinds as $column => $kind) {
            $columns[] = '`' . $column . '` ' . ($kind ?? 'MEDIUMTEXT') . ' NULL';
        }
        $this->database->adapter->execute('DROP TEMPORARY TABLE IF EXISTS `' . $table . '`');
        // Tables of one connection, without a transaction log: a hundred recordings in seconds.
        $this->database->adapter->execute('CREATE TEMPORARY TABLE `' . $table . '` (' . implode(', ', $columns)
            . ', PRIMARY KEY (`' . $id . '`)) ENGINE=MyISAM DEFAULT CHARSET=utf8mb4');
    }

    private function commonKind(?string $known, mixed $value): ?string
    {
        $kind = match (true) {
            $value === null => $known,
            preg_match('/^-?(0|[1-9][0-9]{0,17})$/D', (string) $value) === 1 => 'BIGINT',
            preg_match('/^-?[0-9]+\.[0-9]{4}$/D', (string) $value) === 1 => 'DECIMAL(20,4)',
            default => 'MEDIUMTEXT',
        };

        return $known === null || $known === $kind ? $kind : 'MEDIUMTEXT';
    }

    /**
     * @param array<string, mixed> $recordedEvent
     * @return array<int, array<string, mixed>>
     */
    private function rows(array $recordedEvent, string $key): array
    {
        $shown = $recordedEvent[$key] ?? [];

        return $shown === [] || array_is_list($shown) ? $shown : [$shown];
    }
}
