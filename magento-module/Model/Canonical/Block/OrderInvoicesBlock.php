<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Block;

use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Canonical\Source\OrderInvoiceRows;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Byte8\SageAccounting\Model\Canonical\UtcInstant;

/**
 * Builds the list of the order's invoices: for a credit memo, which often does not name its invoice itself, all;
 * for an invoice those raised before it, because together they may not exceed the order.
 *
 * Cancelled invoices stay in the list with their state; the core decides which invoice is credited.
 */
class OrderInvoicesBlock
{
    public function __construct(private readonly PricedRowRule $pricedRowRule)
    {
    }

    /**
     * @param OrderInvoiceRows[] $invoices in any order
     * @param Row[] $orderItems all item rows of the order
     * @return array<int, array<string, mixed>> oldest first
     */
    public function build(array $invoices, array $orderItems, string $storeTimeZone): array
    {
        $blocks = array_map(
            fn (OrderInvoiceRows $rows): array => $this->invoice($rows, $orderItems, $storeTimeZone),
            $invoices
        );
        usort($blocks, static fn (array $one, array $other): int => [$one['created_at'], $one['entity_id']]
            <=> [$other['created_at'], $other['entity_id']]);

        return $blocks;
    }

    /**
     * @param Row[] $orderItems
     * @return array<string, mixed>
     */
    private function invoice(OrderInvoiceRows $rows, array $orderItems, string $storeTimeZone): array
    {
        $invoice = $rows->invoice;

        return [
            'entity_id' => $invoice->integer('entity_id'),
            'increment_id' => $invoice->text('increment_id'),
            'state' => $invoice->integer('state'),
            'created_at' => $invoice->text('created_at'),
            'local_date' => UtcInstant::ofColumn($invoice, 'created_at')->localDate($storeTimeZone),
            'grand_total' => $invoice->money('grand_total'),
            'order_item_ids' => array_map(
                static fn (Row $item): int => $item->integer('order_item_id'),
                $this->pricedRowRule->pricedRowsOf($rows->invoiceItems, $orderItems)
            ),
        ];
    }
}
