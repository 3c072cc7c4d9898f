<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\Source\OrderInvoiceRows;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Byte8\SageAccounting\Model\Canonical\Source\SalesDocumentRows;

/**
 * The rows of many sales documents of one type, read with one statement for each table.
 *
 * Addresses, payment and tax are the order's: an invoice made at checkout is saved before its addresses have ids.
 */
class SalesDocumentBatch
{
    private const ORDER = 'order';
    private const CREDIT_MEMO = 'creditmemo';

    /** @var array<int, Row> by id */
    private readonly array $documents;

    /** @var array<int, Row[]> by document */
    private readonly array $items;

    /** @var array<int, Row> by id */
    private readonly array $orders;

    /** @var array<int, Row[]> by order */
    private readonly array $orderItems;

    /** @var array<int, Row[]> by order */
    private readonly array $payments;

    /** @var array<int, Row[]> by order */
    private readonly array $addresses;

    /** @var array<int, Row[]> by order */
    private readonly array $taxes;

    /** @var array<int, Row[]> by order_tax */
    private readonly array $taxItems;

    /** @var array<int, Row[]> by order */
    private readonly array $creditMemos;

    /** @var array<int, Row[]> those that the event of a document names, by document */
    private readonly array $orderInvoices;

    /** @var array<int, Row[]> by invoice */
    private readonly array $orderInvoiceItems;

    /**
     * @param string $type invoice, creditmemo or order
     * @param int[] $ids
     */
    public function __construct(
        private readonly SalesRowReader $rows,
        private readonly StoreReader $stores,
        private readonly string $type,
        array $ids
    ) {
        $isOrder = $type === self::ORDER;
        $this->documents = $rows->byId('sales_' . $type, $ids, $type);
        $this->items = $isOrder
            ? []
            : $rows->byOwner('sales_' . $type . '_item', 'parent_id', $ids, 'entity_id', $type . '_items');
        $orderIds = $isOrder ? array_keys($this->documents) : $this->ids($this->documents, 'order_id');
        $this->payments = $rows->byOwner('sales_order_payment', 'parent_id', $orderIds, 'entity_id', 'order_payment');
        $this->taxes = $rows->byOwner('sales_order_tax', 'order_id', $orderIds, 'tax_id', 'order_tax');
        $this->orders = $isOrder ? $this->documents : $rows->byId('sales_order', $orderIds, 'order');
        $this->orderItems = $rows->byOwner('sales_order_item', 'order_id', $orderIds, 'item_id', 'order_items');
        $this->orderInvoices = $this->readOrderInvoices($orderIds);
        $invoiceIds = array_merge([], ...array_map(
            fn (array $invoices): array => $this->ids($invoices, 'entity_id'),
            array_values($this->orderInvoices)
        ));
        $this->orderInvoiceItems = $rows->byOwner(
            'sales_invoice_item',
            'parent_id',
            array_values(array_unique($invoiceIds)),
            'entity_id',
            'order_invoice_items'
        );
        $this->creditMemos = $type !== self::CREDIT_MEMO || $this->documents === [] ? [] : $rows->byOwner(
            'sales_creditmemo',
            'order_id',
            $orderIds,
            'entity_id',
            'order_creditmemos',
            ['entity_id < ?' => max(array_keys($this->documents))]
        );
        $this->addresses = $rows->byOwner(
            'sales_order_address',
            'parent_id',
            $orderIds,
            'entity_id',
            'order_addresses'
        );
        $taxIds = $this->ids(array_merge([], ...array_values($this->taxes)), 'tax_id');
        $this->taxItems = $rows->byOwner('sales_order_tax_item', 'tax_id', $taxIds, 'tax_item_id', 'order_tax_items');
    }

    /**
     * @throws CanonicalDataException when the document, its order or its payment does not exist
     */
    public function document(int $id): SalesDocumentRows
    {
        $document = $this->documents[$id] ?? throw $this->absent($this->type, $id);
        $storeId = $document->integer('store_id');
        $orderId = $this->type === self::ORDER ? $id : $document->integer('order_id');
        $orderItems = $this->orderItems[$orderId] ?? [];

        return new SalesDocumentRows(
            $document,
            $this->type === self::ORDER ? $orderItems : ($this->items[$id] ?? []),
            $this->orders[$orderId] ?? throw $this->absent(self::ORDER, $orderId),
            $orderItems,
            $this->orderInvoicesOf($id),
            array_values(array_filter(
                $this->creditMemos[$orderId] ?? [],
                static fn (Row $creditMemo): bool => $creditMemo->integer('entity_id') < $id
            )),
            $this->addresses[$orderId] ?? [],
            $this->payments[$orderId][0] ?? throw new CanonicalDataException('order_payment', 'missing'),
            $this->taxes[$orderId] ?? [],
            $this->taxItemsOf($orderId),
            $this->stores->store($storeId),
            $this->stores->timeZone($storeId),
            ''
        );
    }

    /**
     * For a credit memo: the invoices that the order had when it was created, even if it is read much later.
     * For an invoice: those raised before it. For an order: all.
     *
     * @param int[] $orderIds
     * @return array<int, Row[]> by document
     */
    private function readOrderInvoices(array $orderIds): array
    {
        if ($this->documents === []) {
            return [];
        }
        $instants = array_map(static fn (Row $row): string => (string) $row->text('created_at'), $this->documents);
        $found = $this->rows->byOwner(
            'sales_invoice',
            'order_id',
            $orderIds,
            'entity_id',
            'order_invoices',
            match ($this->type) {
                self::ORDER => [],
                self::CREDIT_MEMO => ['created_at <= ?' => max($instants)],
                default => ['entity_id < ?' => max(array_keys($this->documents))],
            }
        );
        $invoices = [];
        foreach ($this->documents as $id => $document) {
            $orderId = $this->type === self::ORDER ? $id : $document->nullableInteger('order_id');
            $invoices[$id] = array_values(array_filter(
                $found[(int) $orderId] ?? [],
                fn (Row $invoice): bool => match ($this->type) {
                    self::ORDER => true,
                    self::CREDIT_MEMO => $invoice->text('created_at') <= $instants[$id],
                    default => $invoice->integer('entity_id') < $id,
                }
            ));
        }

        return $invoices;
    }

    /**
     * @return OrderInvoiceRows[]
     */
    private function orderInvoicesOf(int $id): array
    {
        $invoices = [];
        $number = 0;
        foreach ($this->orderInvoices[$id] as $invoice) {
            $items = [];
            foreach ($this->orderInvoiceItems[$invoice->integer('entity_id')] ?? [] as $item) {
                $items[] = $item->at('order_invoice_items[' . $number++ . ']');
            }
            $invoices[] = new OrderInvoiceRows($invoice, $items);
        }

        return $invoices;
    }

    /**
     * @return Row[] in the order they were made in
     */
    private function taxItemsOf(int $orderId): array
    {
        $items = [];
        foreach ($this->taxes[$orderId] ?? [] as $tax) {
            foreach ($this->taxItems[$tax->integer('tax_id')] ?? [] as $item) {
                $items[$item->integer('tax_item_id')] = $item;
            }
        }
        ksort($items);
        $number = 0;

        return array_values(array_map(
            static function (Row $item) use (&$number): Row {
                return $item->at('order_tax_items[' . $number++ . ']');
            },
            $items
        ));
    }

    /**
     * @param Row[] $rows
     * @return int[] each once; what is no id is left out and reported with its document
     */
    private function ids(array $rows, string $column): array
    {
        $ids = [];
        foreach ($rows as $row) {
            try {
                $ids[$row->integer($column)] = true;
            } catch (CanonicalDataException) {
                continue;
            }
        }

        return array_keys($ids);
    }

    private function absent(string $location, int $id): CanonicalDataException
    {
        return new CanonicalDataException($location, sprintf('nothing has the entity_id %d', $id));
    }
}
