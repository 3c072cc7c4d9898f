<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Recorded;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\Source\CustomerRows;
use Byte8\SageAccounting\Model\Canonical\Source\EventSourceInterface;
use Byte8\SageAccounting\Model\Canonical\Source\ProductRows;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Byte8\SageAccounting\Model\Canonical\Source\SalesDocumentRows;

/**
 * One recorded happening as a source of rows: the builder's port, fed from a file instead of from Magento.
 */
class RecordedEvent implements EventSourceInterface
{
    /** What the recorder calls a happening, and the event it is to us. Everything else is no event of ours. */
    private const EVENT_NAMES = [
        'invoice.created' => EventName::InvoiceCreated,
        'invoice.created_open' => EventName::InvoiceCreated,
        'invoice.paid' => EventName::InvoicePaid,
        'creditmemo.created' => EventName::CreditMemoCreated,
        'customer.saved' => EventName::CustomerUpserted,
        'customer.edited' => EventName::CustomerUpserted,
        'customer.upserted' => EventName::CustomerUpserted,
        'product.saved' => EventName::ProductUpserted,
        'product.upserted' => EventName::ProductUpserted,
    ];

    /**
     * @param array<string, mixed> $event
     * @param string $location how messages name this event, such as `events[1]`
     * @param int $sequence place in the file, counted from 1
     */
    public function __construct(
        private readonly array $event,
        private readonly string $location,
        private readonly int $sequence,
        private readonly string $fileTimeZone
    ) {
    }

    /**
     * The event of ours this happening is, or null when it is none.
     */
    public function captured(): ?CapturedEvent
    {
        $recordedName = (new Row($this->event, $this->location))->text('event');
        if ($recordedName === null) {
            throw new CanonicalDataException($this->location . '.event', 'is null, expected the name of a happening');
        }
        $name = self::EVENT_NAMES[$recordedName] ?? null;
        if ($name === null) {
            return null;
        }

        return new CapturedEvent($name, $this->row($name->entityType())->integer('entity_id'), $this->sequence);
    }

    public function salesDocument(CapturedEvent $event): SalesDocumentRows
    {
        $entityType = $event->name->entityType();

        return new SalesDocumentRows(
            $this->row($entityType),
            $this->rows($entityType . '_items'),
            $this->row('order'),
            $this->rows('order_items'),
            $this->rows('order_addresses'),
            $this->row('order_payment'),
            $this->rows('order_tax'),
            $this->rows('order_tax_items'),
            $this->row('store'),
            $this->timeZone(),
            $this->location
        );
    }

    public function customer(CapturedEvent $event): CustomerRows
    {
        return new CustomerRows($this->row('customer'), $this->rows('customer_addresses'), $this->timeZone());
    }

    public function product(CapturedEvent $event): ProductRows
    {
        return new ProductRows(
            $this->row('product'),
            $this->rows('attributes'),
            isset($this->event['stock_item']) ? $this->row('stock_item') : null,
            $this->timeZone()
        );
    }

    private function row(string $key): Row
    {
        return $this->asRow($this->value($key), $this->location . '.' . $key);
    }

    /**
     * @return Row[]
     */
    private function rows(string $key): array
    {
        $list = $this->value($key);
        $location = $this->location . '.' . $key;
        if (!is_array($list) || !array_is_list($list)) {
            throw new CanonicalDataException($location, 'expected a list of rows');
        }
        $rows = [];
        foreach ($list as $index => $columns) {
            $rows[] = $this->asRow($columns, $location . '[' . $index . ']');
        }

        return $rows;
    }

    private function value(string $key): mixed
    {
        if (!array_key_exists($key, $this->event)) {
            throw new CanonicalDataException($this->location . '.' . $key, 'missing');
        }

        return $this->event[$key];
    }

    private function asRow(mixed $columns, string $location): Row
    {
        if (!is_array($columns) || (array_is_list($columns) && $columns !== [])) {
            throw new CanonicalDataException($location, 'expected an object of column names and values');
        }

        return new Row($columns, $location);
    }

    /**
     * The store's own time zone where the recorder noted one, else that of the file.
     */
    private function timeZone(): string
    {
        $store = $this->event['store'] ?? null;
        $timeZone = is_array($store) ? ($store['timezone'] ?? null) : null;
        if ($timeZone !== null && !is_string($timeZone)) {
            throw new CanonicalDataException($this->location . '.store.timezone', 'expected a string');
        }

        return $timeZone === null || $timeZone === '' ? $this->fileTimeZone : $timeZone;
    }
}
