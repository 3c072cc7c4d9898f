<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Recorded;

use Byte8\SageAccounting\Model\Canonical\Source\OrderInvoiceRows;
use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * The documents in a file up to an index, each in its latest version; replaces Magento's collections.
 *
 * An earlier document whose order id is unreadable fails the event, because it may belong to the same order.
 */
class RecordedDocuments
{
    /**
     * @param mixed[] $events all recordedEvents of the file, unchecked
     */
    public function __construct(private readonly array $events)
    {
    }

    /**
     * @param int $place place of the happening that asks, counted from 0; only earlier ones count
     * @param string $location how messages name the happening that asks
     * @return OrderInvoiceRows[]
     */
    public function invoicesBefore(int $orderId, int $place, string $location): array
    {
        return array_map(
            static fn (RecordedTables $tables): OrderInvoiceRows => new OrderInvoiceRows(
                $tables->row('invoice'),
                $tables->rows('invoice_items')
            ),
            $this->lastShown('invoice', $orderId, $place, $location)
        );
    }

    /**
     * @return Row[]
     */
    public function creditMemosBefore(int $orderId, int $place, string $location): array
    {
        return array_map(
            static fn (RecordedTables $tables): Row => $tables->row('creditmemo'),
            $this->lastShown('creditmemo', $orderId, $place, $location)
        );
    }

    /**
     * @return RecordedTables[]
     */
    private function lastShown(string $kind, int $orderId, int $place, string $location): array
    {
        $lastShown = [];
        for ($earlier = 0; $earlier < $place; $earlier++) {
            $event = $this->events[$earlier];
            if (!is_array($event) || !isset($event[$kind])) {
                continue;
            }
            $tables = new RecordedTables($event, sprintf('%s needs events[%d]', $location, $earlier));
            $document = $tables->row($kind);
            if ($document->integer('order_id') === $orderId) {
                $lastShown[$document->integer('entity_id')] = $tables;
            }
        }

        return array_values($lastShown);
    }
}
