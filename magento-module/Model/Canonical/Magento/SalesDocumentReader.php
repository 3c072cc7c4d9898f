<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\Source\OrderInvoiceRows;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Byte8\SageAccounting\Model\Canonical\Source\SalesDocumentRows;
use Magento\Framework\Exception\NoSuchEntityException;
use Magento\Store\Model\StoreManagerInterface;

/**
 * Reads an invoice or credit memo with its order, or an order by itself.
 *
 * Addresses, payment and tax are the order's: an invoice made at checkout is saved before its addresses have ids.
 */
class SalesDocumentReader
{
    public function __construct(
        private readonly SalesRowReader $rows,
        private readonly StoreManagerInterface $storeManager,
        private readonly StoreTimeZone $storeTimeZone
    ) {
    }

    /**
     * @throws CanonicalDataException when the document, its order or its payment does not exist
     */
    public function read(CapturedEvent $event): SalesDocumentRows
    {
        $type = $event->name->entityType();
        $document = $this->rows->one('sales_' . $type, $event->entityId, $type);
        $isOrder = $type === 'order';
        $items = $isOrder ? null : $this->rows->all(
            'sales_' . $type . '_item',
            ['parent_id = ?' => $event->entityId],
            'entity_id',
            $type . '_items'
        );
        $storeId = $document->integer('store_id');
        $orderId = $isOrder ? $event->entityId : $document->integer('order_id');
        $ofOrder = ['parent_id = ?' => $orderId];
        $payments = $this->rows->all('sales_order_payment', $ofOrder, 'entity_id', 'order_payment');
        $taxes = $this->rows->all('sales_order_tax', ['order_id = ?' => $orderId], 'tax_id', 'order_tax');
        $order = $isOrder ? $document : $this->rows->one('sales_order', $orderId, 'order');
        $orderItems = $this->rows->all('sales_order_item', ['order_id = ?' => $orderId], 'item_id', 'order_items');

        return new SalesDocumentRows(
            $document,
            $items ?? $orderItems,
            $order,
            $orderItems,
            $this->orderInvoices($orderId, match ($type) {
                'order' => [],
                'creditmemo' => ['created_at <= ?' => $document->text('created_at')],
                default => ['entity_id < ?' => $document->integer('entity_id')],
            }),
            $type === 'creditmemo' ? $this->earlierCreditMemos($document) : [],
            $this->rows->all('sales_order_address', $ofOrder, 'entity_id', 'order_addresses'),
            $payments[0] ?? throw new CanonicalDataException('order_payment', 'missing'),
            $taxes,
            $this->taxItems($taxes),
            $this->store($storeId),
            $this->storeTimeZone->ofStore($storeId),
            ''
        );
    }

    /**
     * @param Row[] $taxes
     * @return Row[]
     */
    private function taxItems(array $taxes): array
    {
        $ids = array_map(static fn (Row $tax): int => $tax->integer('tax_id'), $taxes);

        return $ids === []
            ? []
            : $this->rows->all('sales_order_tax_item', ['tax_id IN (?)' => $ids], 'tax_item_id', 'order_tax_items');
    }

    /**
     * For a credit memo: the invoices that the order had when it was created, even if it is read much later.
     * For an invoice: those raised before it. For an order: all.
     *
     * @param array<string, mixed> $which values by condition
     * @return OrderInvoiceRows[]
     */
    private function orderInvoices(int $orderId, array $which): array
    {
        $conditions = ['order_id = ?' => $orderId] + $which;
        $invoices = $this->rows->all('sales_invoice', $conditions, 'entity_id', 'order_invoices');
        $ids = array_map(static fn (Row $invoice): int => $invoice->integer('entity_id'), $invoices);
        $items = [];
        if ($ids !== []) {
            $conditions = ['parent_id IN (?)' => $ids];
            foreach (
                $this->rows->all('sales_invoice_item', $conditions, 'entity_id', 'order_invoice_items') as $item
            ) {
                $items[$item->integer('parent_id')][] = $item;
            }
        }

        return array_map(static fn (Row $invoice): OrderInvoiceRows => new OrderInvoiceRows(
            $invoice,
            $items[$invoice->integer('entity_id')] ?? []
        ), $invoices);
    }

    /**
     * The order's credit memos made before this one.
     *
     * @return Row[]
     */
    private function earlierCreditMemos(Row $creditMemo): array
    {
        return $this->rows->all('sales_creditmemo', [
            'order_id = ?' => $creditMemo->integer('order_id'),
            'entity_id < ?' => $creditMemo->integer('entity_id'),
        ], 'entity_id', 'order_creditmemos');
    }

    private function store(int $storeId): Row
    {
        try {
            $store = $this->storeManager->getStore($storeId);
        } catch (NoSuchEntityException $exception) {
            throw new CanonicalDataException('store', sprintf('no store has the id %d', $storeId), $exception);
        }

        return new Row(['store_id' => $storeId, 'website_id' => (int) $store->getWebsiteId()], 'store');
    }
}
