<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Benchmark;

use Byte8\SageAccounting\Model\Backfill\Backfill;
use Byte8\SageAccounting\Model\Backfill\BackfillFilter;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\Delivery\DeliveryRun;
use Byte8\SageAccounting\Model\DryRun\DryRun;
use Byte8\SageAccounting\Model\Outbox\TranslationRun;
use Byte8\SageAccounting\Tools\Magento\Shop;
use Magento\Framework\DB\Adapter\AdapterInterface;
use Magento\Framework\ObjectManagerInterface;

/**
 * Many invoices in a shop, and the time that each part of a backfill takes for them.
 *
 * One invoice is made by Magento's own services; the others are copies of its rows with their own ids and numbers.
 */
class BackfillBenchmark
{
    /** The id of each table, and the columns that hold ids, with the tables they come from. */
    private const TABLES = [
        'sales_order' => ['entity_id', [
            'billing_address_id' => 'sales_order_address',
            'shipping_address_id' => 'sales_order_address',
        ]],
        'sales_order_item' => ['item_id', ['order_id' => 'sales_order']],
        'sales_order_address' => ['entity_id', ['parent_id' => 'sales_order']],
        'sales_order_payment' => ['entity_id', ['parent_id' => 'sales_order']],
        'sales_order_tax' => ['tax_id', ['order_id' => 'sales_order']],
        'sales_order_tax_item' => ['tax_item_id', ['tax_id' => 'sales_order_tax', 'item_id' => 'sales_order_item']],
        'sales_invoice' => ['entity_id', [
            'order_id' => 'sales_order',
            'billing_address_id' => 'sales_order_address',
            'shipping_address_id' => 'sales_order_address',
        ]],
        'sales_invoice_item' => ['entity_id', [
            'parent_id' => 'sales_invoice',
            'order_item_id' => 'sales_order_item',
        ]],
    ];

    private readonly AdapterInterface $connection;

    private readonly SalesTables $tables;

    public function __construct(private readonly ObjectManagerInterface $objects, private readonly Shop $shop)
    {
        $this->tables = $objects->get(SalesTables::class);
        $this->connection = $this->tables->connection();
    }

    /**
     * @param string[] $arguments
     * @return array<string, mixed>
     */
    public function do(string $action, array $arguments): array
    {
        $until = $this->objects->get(Clock::class)->now()->modify('+1 day');

        return match ($action) {
            'bench-invoices' => $this->invoices((int) $arguments[0]),
            'bench-dry-run' => $this->measured(function () use ($arguments): int {
                $lines = $this->objects->get(DryRun::class)->lines('invoice', $this->since((int) $arguments[0]));

                return iterator_count($lines);
            }),
            'bench-queue' => $this->measured(fn (): int => $this->objects->get(Backfill::class)->run(
                'invoice',
                $this->since((int) $arguments[0]),
                [],
                false,
                false,
                static fn () => null
            )),
            'bench-decide' => $this->measured(
                fn (): int => $this->objects->get(TranslationRun::class)->run($until)->translated
            ),
            'bench-deliver' => $this->measured(
                fn (): int => $this->objects->get(DeliveryRun::class)->run($until)->delivered
            ),
        };
    }

    /**
     * @param \Closure(): int $work
     * @return array{number: int, seconds: float, processor: float, megabytes: float}
     */
    private function measured(\Closure $work): array
    {
        $start = hrtime(true);
        $processor = $this->processorSeconds();
        $number = $work();

        return [
            'number' => $number,
            'seconds' => (hrtime(true) - $start) / 1e9,
            'processor' => $this->processorSeconds() - $processor,
            'megabytes' => memory_get_peak_usage(true) / 1048576,
        ];
    }

    /**
     * What PHP itself has computed, which other programs on the machine do not change.
     */
    private function processorSeconds(): float
    {
        $usage = getrusage();

        return $usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']
            + ($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec']) / 1e6;
    }

    private function since(int $firstId): BackfillFilter
    {
        $created = $this->connection->fetchOne(
            'SELECT created_at FROM ' . $this->tables->named('sales_invoice') . ' WHERE entity_id = ?',
            [$firstId]
        );

        return new BackfillFilter([], (string) $created);
    }

    /**
     * @return array{first: int, invoices: int}
     */
    private function invoices(int $number): array
    {
        $invoice = $this->shop->invoice($this->shop->order($this->shop->product()));
        $first = (int) $invoice->getId();
        $this->connection->delete($this->tables->outbox());
        $this->connection->delete($this->tables->syncState());
        $templates = $this->templates((int) $invoice->getOrderId(), $first);
        for ($made = 1; $made < $number; $made += $more) {
            $more = min($made, $number - $made);
            foreach (array_filter($templates) as $table => $template) {
                $this->copy($table, $templates, $made, $more);
            }
        }
        foreach (array_keys(self::TABLES) as $table) {
            $this->connection->query('ANALYZE TABLE ' . $this->tables->named($table));
        }

        return ['first' => $first, 'invoices' => $made];
    }

    /**
     * The first id and the number of rows that one invoice has in each table; null for none.
     *
     * @return array<string, ?array{int, int}>
     */
    private function templates(int $orderId, int $invoiceId): array
    {
        $templates = ['sales_order' => [$orderId, 1], 'sales_invoice' => [$invoiceId, 1]];
        foreach (self::TABLES as $table => [$id, $references]) {
            if (!isset($templates[$table])) {
                $column = (string) array_key_first($references);
                $parents = $templates[$references[$column]] ?? [0, 0];
                $ids = $this->connection->fetchCol($this->connection->select()
                    ->from($this->tables->named($table), [$id])
                    ->where($column . ' >= ?', $parents[0])
                    ->where($column . ' < ?', array_sum($parents))
                    ->order($id));
                $templates[$table] = $ids === [] ? null : [(int) $ids[0], count($ids)];
            }
        }

        return $templates;
    }

    /**
     * Copies the rows of the first invoices of those that are there.
     *
     * @param array<string, ?array{int, int}> $templates
     */
    private function copy(string $table, array $templates, int $made, int $more): void
    {
        [$id, $references] = self::TABLES[$table];
        [$first, $rows] = $templates[$table];
        $columns = [];
        foreach (array_keys($this->connection->describeTable($this->tables->named($table))) as $column) {
            $source = $column === $id ? $table : ($references[$column] ?? null);
            $shift = ' + ' . $made * ($templates[$source][1] ?? 0);
            $columns[$this->connection->quoteIdentifier($column)] = $column === 'increment_id'
                ? sprintf("CONCAT('7', LPAD(%s + %d, 9, '0'))", $id, $made * $rows)
                : $this->connection->quoteIdentifier($column) . ($source === null ? '' : $shift);
        }
        $name = $this->connection->quoteIdentifier($this->tables->named($table));
        $this->connection->query(sprintf(
            'INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s >= %d AND %s < %d',
            $name,
            implode(', ', array_keys($columns)),
            implode(', ', $columns),
            $name,
            $id,
            $first,
            $id,
            $first + $more * $rows
        ));
    }
}
