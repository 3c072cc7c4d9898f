<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Source;

/**
 * The rows of one invoice of the order that a credit memo belongs to.
 *
 * Deliberately without order, addresses and payment: those are the credit memo's own.
 */
class OrderInvoiceRows
{
    /**
     * @param Row $invoice row of sales_invoice
     * @param Row[] $invoiceItems rows of sales_invoice_item
     */
    public function __construct(
        public readonly Row $invoice,
        public readonly array $invoiceItems
    ) {
    }
}
