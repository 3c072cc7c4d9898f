<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Source;

/**
 * All rows of one invoice, credit memo or order, read at one moment.
 *
 * Deliberately complete and raw: the builder selects the rows and columns it needs.
 */
class SalesDocumentRows
{
    /**
     * @param Row $document row of sales_invoice or sales_creditmemo, or of sales_order where the order is the document
     * @param Row[] $documentItems rows of sales_invoice_item, sales_creditmemo_item or sales_order_item
     * @param Row[] $orderItems all rows of sales_order_item of the order
     * @param OrderInvoiceRows[] $orderInvoices of an order all; else those when a credit memo was made, or before
     *     this invoice
     * @param Row[] $orderCreditMemos rows of sales_creditmemo, the order's earlier ones when a credit memo was made
     * @param Row[] $orderAddresses rows of sales_order_address
     * @param Row[] $orderTaxes rows of sales_order_tax
     * @param Row[] $orderTaxItems rows of sales_order_tax_item
     * @param Row $store row of the store the document belongs to
     * @param string $storeTimeZone such as `Europe/London`
     * @param string $location how messages name the whole event, '' outside recorded files
     */
    public function __construct(
        public readonly Row $document,
        public readonly array $documentItems,
        public readonly Row $order,
        public readonly array $orderItems,
        public readonly array $orderInvoices,
        public readonly array $orderCreditMemos,
        public readonly array $orderAddresses,
        public readonly Row $orderPayment,
        public readonly array $orderTaxes,
        public readonly array $orderTaxItems,
        public readonly Row $store,
        public readonly string $storeTimeZone,
        public readonly string $location
    ) {
    }
}
