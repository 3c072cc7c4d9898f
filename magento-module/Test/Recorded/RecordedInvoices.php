<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Recorded;

use Byte8\SageAccounting\Model\Canonical\Source\OrderInvoiceRows;

/**
 * The invoices a file has shown up to some place, each as it was last shown; stands in for Magento's collection.
 *
 * An earlier invoice too damaged to tell its order stops the happening that asks: it might be one of its invoices.
 */
class RecordedInvoices
{
    /**
     * @param mixed[] $events all happenings of the file, unchecked
     */
    public function __construct(private readonly array $events)
    {
    }

    /**
     * @param int $place place of the happening that asks, counted from 0; only earlier ones count
     * @param string $location how messages name the happening that asks
     * @return OrderInvoiceRows[]
     */
    public function ofOrderBefore(int $orderId, int $place, string $location): array
    {
        $lastShown = [];
        for ($earlier = 0; $earlier < $place; $earlier++) {
            $event = $this->events[$earlier];
            if (!is_array($event) || !isset($event['invoice'])) {
                continue;
            }
            $tables = new RecordedTables($event, sprintf('%s needs events[%d]', $location, $earlier));
            $invoice = $tables->row('invoice');
            if ($invoice->integer('order_id') === $orderId) {
                $lastShown[$invoice->integer('entity_id')] = $tables;
            }
        }

        return array_values(array_map(
            static fn (RecordedTables $tables): OrderInvoiceRows => new OrderInvoiceRows(
                $tables->row('invoice'),
                $tables->rows('invoice_items')
            ),
            $lastShown
        ));
    }
}
