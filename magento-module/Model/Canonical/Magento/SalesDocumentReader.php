<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\Source\OrderInvoiceRows;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Byte8\SageAccounting\Model\Canonical\Source\SalesDocumentRows;
use Magento\Framework\Exception\NoSuchEntityException;
use Magento\Sales\Api\CreditmemoRepositoryInterfaceFactory;
use Magento\Sales\Api\InvoiceRepositoryInterfaceFactory;
use Magento\Sales\Model\Order\Creditmemo;
use Magento\Sales\Model\Order\Invoice;
use Magento\Store\Model\StoreManagerInterface;

/**
 * Reads an invoice or credit memo with its order from Magento's repositories.
 *
 * Addresses and items come through the order: only there are they complete, and only there do item rows know
 * their parents.
 */
class SalesDocumentReader
{
    public function __construct(
        private readonly InvoiceRepositoryInterfaceFactory $invoiceRepositoryFactory,
        private readonly CreditmemoRepositoryInterfaceFactory $creditmemoRepositoryFactory,
        private readonly StoreManagerInterface $storeManager,
        private readonly StoreTimeZone $storeTimeZone,
        private readonly EntityRowReader $rowReader,
        private readonly OrderTaxReader $orderTaxReader
    ) {
    }

    /**
     * @throws CanonicalDataException when the document does not exist
     */
    public function read(CapturedEvent $event): SalesDocumentRows
    {
        $document = $this->document($event);
        $order = $document->getOrder();
        $payment = $order->getPayment() ?? throw new CanonicalDataException('order_payment', 'missing');
        $type = $event->name->entityType();
        $row = $this->rowReader->row($document, 'sales_' . $type, $type);
        $storeId = $row->integer('store_id');
        $orderId = (int) $order->getEntityId();

        return new SalesDocumentRows(
            $row,
            $this->rowReader->rows($document->getAllItems(), 'sales_' . $type . '_item', $type . '_items'),
            $this->rowReader->row($order, 'sales_order', 'order'),
            $this->rowReader->rows($order->getAllItems(), 'sales_order_item', 'order_items'),
            $document instanceof Creditmemo ? $this->orderInvoices($document) : [],
            $document instanceof Creditmemo ? $this->earlierCreditMemos($document) : [],
            $this->rowReader->rows($order->getAddresses() ?? [], 'sales_order_address', 'order_addresses'),
            $this->rowReader->row($payment, 'sales_order_payment', 'order_payment'),
            $this->orderTaxReader->taxes($orderId),
            $this->orderTaxReader->taxItems($orderId),
            $this->store($storeId),
            $this->storeTimeZone->ofStore($storeId),
            ''
        );
    }

    /**
     * The invoices the order had when the credit memo was made, however much later it is read.
     *
     * @return OrderInvoiceRows[]
     */
    private function orderInvoices(Creditmemo $creditMemo): array
    {
        $found = [];
        foreach ($creditMemo->getOrder()->getInvoiceCollection() as $invoice) {
            if ((string) $invoice->getCreatedAt() > (string) $creditMemo->getCreatedAt()) {
                continue;
            }
            $location = 'order_invoices[' . count($found) . ']';
            $found[] = new OrderInvoiceRows(
                $this->rowReader->row($invoice, 'sales_invoice', $location),
                $this->rowReader->rows($invoice->getAllItems(), 'sales_invoice_item', $location . '.items')
            );
        }

        return $found;
    }

    /**
     * The order's credit memos made before this one.
     *
     * @return Row[]
     */
    private function earlierCreditMemos(Creditmemo $creditMemo): array
    {
        $found = [];
        foreach ($creditMemo->getOrder()->getCreditmemosCollection() ?: [] as $earlier) {
            if ((int) $earlier->getEntityId() >= (int) $creditMemo->getEntityId()) {
                continue;
            }
            $location = 'order_creditmemos[' . count($found) . ']';
            $found[] = $this->rowReader->row($earlier, 'sales_creditmemo', $location);
        }

        return $found;
    }

    private function document(CapturedEvent $event): Invoice|Creditmemo
    {
        try {
            // Repositories remember what they gave out; a new one reads what the database holds now.
            $document = $event->name === EventName::CreditMemoCreated
                ? $this->creditmemoRepositoryFactory->create()->get($event->entityId)
                : $this->invoiceRepositoryFactory->create()->get($event->entityId);
        } catch (NoSuchEntityException $exception) {
            throw new CanonicalDataException(
                $event->name->entityType(),
                sprintf('nothing has the entity_id %d', $event->entityId),
                $exception
            );
        }
        if (!$document instanceof Invoice && !$document instanceof Creditmemo) {
            throw new CanonicalDataException($event->name->entityType(), 'is not Magento\'s own model');
        }

        return $document;
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
