<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Recorded;

use Byte8\SageAccounting\Model\Canonical\Block\ProductBlock;
use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\Source\CustomerRows;
use Byte8\SageAccounting\Model\Canonical\Source\OrderInvoiceRows;
use Byte8\SageAccounting\Model\Canonical\Source\EventSourceInterface;
use Byte8\SageAccounting\Model\Canonical\Source\ProductRows;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Byte8\SageAccounting\Model\Canonical\Source\SalesDocumentRows;

/**
 * One recorded event as a source of rows: the builder's port, with data from a file instead of Magento.
 */
class RecordedEvent implements EventSourceInterface
{
    /** Recorded rows without a time zone come from the test shop in Great Britain. */
    private const DEFAULT_TIME_ZONE = 'Europe/London';

    private const CONFIG_TIME_ZONE = 'general/locale/timezone';

    /** The canonical event for each of the recorder's event names. Other names are ignored. */
    private const EVENT_NAMES = [
        'invoice.created' => EventName::InvoiceCreated,
        'invoice.created_open' => EventName::InvoiceCreated,
        'invoice.paid' => EventName::InvoicePaid,
        'invoice.cancelled' => EventName::InvoiceCanceled,
        'creditmemo.created' => EventName::CreditMemoCreated,
        'order.placed' => EventName::OrderPlaced,
        'order.invoiced' => EventName::OrderInvoiced,
        'order.cancelled' => EventName::OrderCanceled,
        'customer.saved' => EventName::CustomerUpserted,
        'customer.edited' => EventName::CustomerUpserted,
        'customer.upserted' => EventName::CustomerUpserted,
        'product.saved' => EventName::ProductUpserted,
        'product.upserted' => EventName::ProductUpserted,
    ];

    /** Magento's default settings, and the currency of the test shop in Great Britain. */
    private const CONFIG_DEFAULTS = [
        ProductBlock::CONFIG_MANAGE_STOCK => 1,
        ProductBlock::CONFIG_PRICE_INCLUDES_TAX => 0,
        ProductBlock::CONFIG_BASE_CURRENCY => 'GBP',
    ];

    /**
     * @param int $place place in the file, counted from 0
     * @param array<string, mixed> $fileConfig settings by path, as far as the recorder noted them
     * @param RecordedDocuments $documents what the whole file shows of invoices and credit memos
     */
    public function __construct(
        private readonly RecordedTables $tables,
        private readonly int $place,
        private readonly array $fileConfig,
        private readonly RecordedDocuments $documents
    ) {
    }

    /**
     * The captured event for this recorded event, or null if there is none.
     */
    public function captured(): ?CapturedEvent
    {
        $recordedName = $this->tables->itself()->text('event') ?? throw new CanonicalDataException(
            $this->tables->location . '.event',
            'is null, expected the name of a happening'
        );
        $name = self::EVENT_NAMES[$recordedName] ?? null;
        if ($name === null) {
            return null;
        }

        return new CapturedEvent(
            $name,
            $this->tables->row($name->entityType())->integer('entity_id'),
            $this->place + 1
        );
    }

    public function salesDocument(CapturedEvent $event): SalesDocumentRows
    {
        $entityType = $event->name->entityType();
        $isCreditMemo = $entityType === 'creditmemo';
        $orderId = $this->tables->row($entityType)->integer($entityType === 'order' ? 'entity_id' : 'order_id');
        $asking = [$orderId, $this->place, $this->tables->location];

        return new SalesDocumentRows(
            $this->tables->row($entityType),
            $this->tables->rows($entityType . '_items'),
            $this->tables->row('order'),
            $this->tables->rows('order_items'),
            $entityType === 'invoice'
                ? $this->invoicesRaisedBefore($event->entityId, $asking)
                : $this->documents->invoicesBefore(...$asking),
            $isCreditMemo ? $this->documents->creditMemosBefore(...$asking) : [],
            $this->tables->rows('order_addresses'),
            $this->tables->row('order_payment'),
            $this->tables->rows('order_tax'),
            $this->tables->rows('order_tax_items'),
            $this->tables->row('store'),
            $this->timeZone(),
            $this->tables->location
        );
    }

    /**
     * @param array{int, int, string} $asking
     * @return OrderInvoiceRows[]
     */
    private function invoicesRaisedBefore(int $entityId, array $asking): array
    {
        return array_values(array_filter(
            $this->documents->invoicesBefore(...$asking),
            static fn (OrderInvoiceRows $rows): bool => $rows->invoice->integer('entity_id') < $entityId
        ));
    }

    public function customer(CapturedEvent $event): CustomerRows
    {
        return new CustomerRows(
            $this->tables->row('customer'),
            $this->tables->rows('customer_addresses'),
            $this->timeZone()
        );
    }

    public function product(CapturedEvent $event): ProductRows
    {
        return new ProductRows(
            $this->tables->row('product'),
            $this->tables->rows('attributes'),
            $this->tables->shows('stock_item') ? $this->tables->row('stock_item') : null,
            $this->tables->shows('source_items') ? $this->tables->rows('source_items') : [],
            new Row($this->fileConfig + self::CONFIG_DEFAULTS, 'config'),
            $this->timeZone()
        );
    }

    /**
     * The store's time zone if it was recorded, otherwise that of the file, otherwise that of the test shop.
     */
    private function timeZone(): string
    {
        $ofStore = $this->tables->shows('store')
            ? $this->tables->row('store')->optionalText('timezone')
            : null;
        $ofFile = (new Row($this->fileConfig, 'config'))->optionalText(self::CONFIG_TIME_ZONE);

        return (string) $ofStore ?: (string) $ofFile ?: self::DEFAULT_TIME_ZONE;
    }
}
