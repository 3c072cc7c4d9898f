<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopTotals;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Magento\Framework\DB\Select;

/**
 * Reads the documents of some days and what belongs to them: four statements for a kind, one for the
 * payments, one for the refunds.
 *
 * Canceled documents are left out. Nothing about a customer is read.
 */
class TotalsRows
{
    private const CANCELED = 3;
    public const PAID = 2;

    /** From the beginning of "local_date" in the text of an event to the date. */
    private const TO_THE_DATE = 13;

    private const COLUMNS = [
        'entity_id', 'order_id', 'increment_id', 'state', 'created_at', 'order_currency_code', 'grand_total',
        'tax_amount', 'discount_amount', 'shipping_amount', 'shipping_tax_amount',
        'shipping_discount_tax_compensation_amount',
    ];

    /** Columns that only some tables have. */
    private const OPTIONAL = ['adjustment', ...DocumentParts::TENDERS];

    private const ITEM_COLUMNS = [
        'parent_id', 'order_item_id', 'row_total', 'discount_amount', 'tax_amount', 'discount_tax_compensation_amount',
    ];

    private const OPTIONAL_OF_ITEMS = ['weee_tax_applied_row_amount'];

    public function __construct(private readonly SalesTables $tables)
    {
    }

    /**
     * @param string $kind invoice or creditmemo
     * @return array<int, array<string, ?string>>
     */
    public function documents(string $kind, TotalsRange $range): array
    {
        $columns = $this->columns('sales_' . $kind, self::COLUMNS, self::OPTIONAL);
        $quoted = $this->tables->connection()->quoteInto(...);
        $mirror = $quoted('mirror.magento_id = document.entity_id AND mirror.entity_type = ?', $kind)
            . $quoted(' AND mirror.aspect = ?', SyncAspect::DOCUMENT);
        $select = $this->ofDocuments($kind, $range, $columns)
            ->joinLeft(['mirror' => $this->tables->syncState()], $mirror, ['sync_status', 'reason_code', 'run_id'])
            ->order('document.entity_id ASC');

        return $this->tables->connection()->fetchAll($select);
    }

    /**
     * @return array<int, array<int, array<string, ?string>>> rows by document
     */
    public function items(string $kind, TotalsRange $range): array
    {
        $table = 'sales_' . $kind . '_item';
        $select = $this->ofDocuments($kind, $range, [])->join(
            ['item' => $this->tables->named($table)],
            'item.parent_id = document.entity_id',
            $this->columns($table, self::ITEM_COLUMNS, self::OPTIONAL_OF_ITEMS)
        );

        return $this->grouped($select, 'parent_id');
    }

    /**
     * All item rows of the orders of these documents. Options only of those that say where the price is.
     *
     * @return array<int, array<int, array<string, ?string>>> rows by order
     */
    public function orderItems(string $kind, TotalsRange $range): array
    {
        $options = "IF(item.product_options LIKE '%product_calculations%', item.product_options, NULL)";
        $select = $this->ofDocuments($kind, $range, [])->join(
            ['item' => $this->tables->named('sales_order_item')],
            'item.order_id = document.order_id',
            ['item_id', 'order_id', 'parent_item_id', 'tax_percent', 'product_options' => $options]
        )->group('item.item_id');

        return $this->grouped($select, 'order_id');
    }

    /**
     * @return array<int, string> percentage of the tax on shipping by document
     */
    public function shippingRates(string $kind, TotalsRange $range): array
    {
        $select = $this->ofDocuments($kind, $range, ['entity_id'])
            ->join(['tax' => $this->tables->named('sales_order_tax')], 'tax.order_id = document.order_id', [])
            ->join(
                ['part' => $this->tables->named('sales_order_tax_item')],
                "part.tax_id = tax.tax_id AND part.taxable_item_type = 'shipping'",
                ['percent' => 'SUM(part.tax_percent)']
            )->group('document.entity_id');

        return $this->tables->connection()->fetchPairs($select);
    }

    /**
     * Paid invoices that may have been paid in these days, with the day that the event of the payment carries.
     *
     * Magento stores no time of payment: an invoice is paid between its creation and its last change. The event has the
     * day; without its text, the time at which it was captured counts.
     *
     * @return array<int, array<string, ?string>>
     */
    public function paidInvoices(TotalsRange $range): array
    {
        $day = "SUBSTRING(event.event_json, LOCATE('local_date', event.event_json) + " . self::TO_THE_DATE . ', 10)';
        $event = $this->tables->connection()->quoteInto(
            "event.entity_type = 'invoice' AND event.entity_id = document.entity_id AND event.event_name = ?",
            EventName::InvoicePaid->value
        );
        $columns = $this->columns(
            'sales_invoice',
            ['entity_id', 'created_at', 'order_currency_code', 'grand_total'],
            DocumentParts::TENDERS
        );
        $select = $this->tables->connection()->select()
            ->from(['document' => $this->tables->named('sales_invoice')], $columns)
            ->joinLeft(
                ['payment' => $this->tables->named('sales_order_payment')],
                'payment.parent_id = document.order_id',
                ['method' => 'MIN(payment.method)']
            )
            ->joinLeft(['event' => $this->tables->outbox()], $event, [
                'paid_day' => 'MIN(' . $day . ')',
                'captured_at' => 'MIN(event.created_at)',
            ])
            ->where('document.state = ?', self::PAID)
            ->where('document.created_at < ?', $range->end())
            ->where('document.updated_at >= ?', $range->beginning())
            ->group('document.entity_id');

        return $this->tables->connection()->fetchAll($select);
    }

    /**
     * Credit memos whose invoice was paid, or an invoice of whose order was, where the memo names none. A memo of an
     * unpaid invoice pays nothing back: it is set off.
     *
     * @return array<int, array<string, ?string>>
     */
    public function refundedMemos(TotalsRange $range): array
    {
        $own = ['entity_id', 'created_at', 'order_currency_code', 'grand_total'];
        $columns = $this->columns('sales_creditmemo', $own, DocumentParts::TENDERS);
        $select = $this->ofDocuments('creditmemo', $range, $columns)
            ->join(
                ['invoice' => $this->tables->named('sales_invoice')],
                'invoice.order_id = document.order_id AND invoice.state = ' . self::PAID
                    . ' AND (document.invoice_id IS NULL OR invoice.entity_id = document.invoice_id)',
                []
            )
            ->joinLeft(
                ['payment' => $this->tables->named('sales_order_payment')],
                'payment.parent_id = document.order_id',
                ['method' => 'MIN(payment.method)']
            )
            ->group('document.entity_id');

        return $this->tables->connection()->fetchAll($select);
    }

    /**
     * @param string[] $columns
     */
    private function ofDocuments(string $kind, TotalsRange $range, array $columns): Select
    {
        return $this->tables->connection()->select()
            ->from(['document' => $this->tables->named('sales_' . $kind)], $columns)
            ->where('document.created_at >= ?', $range->beginning())
            ->where('document.created_at < ?', $range->end())
            ->where('(document.state IS NULL OR document.state <> ?)', self::CANCELED);
    }

    /**
     * @param string[] $columns
     * @param string[] $optional left out where the table lacks them
     * @return string[]
     */
    private function columns(string $table, array $columns, array $optional): array
    {
        $there = array_keys($this->tables->connection()->describeTable($this->tables->named($table)));

        return [...$columns, ...array_intersect($optional, $there)];
    }

    /**
     * @return array<int, array<int, array<string, ?string>>>
     */
    private function grouped(Select $select, string $column): array
    {
        $groups = [];
        foreach ($this->tables->connection()->fetchAll($select) as $row) {
            $groups[(int) $row[$column]][] = $row;
        }

        return $groups;
    }
}
