<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical;

/**
 * The events this module sends; their values are part of the contract and never change.
 *
 * Deliberately knows nothing about Magento's own event names: the observers do.
 */
enum EventName: string
{
    case InvoiceCreated = 'invoice.created';
    case InvoicePaid = 'invoice.paid';
    case InvoiceCanceled = 'invoice.canceled';
    case CreditMemoCreated = 'creditmemo.created';
    case CreditMemoCanceled = 'creditmemo.canceled';
    case OrderPlaced = 'order.placed';
    case OrderInvoiced = 'order.invoiced';
    case OrderCanceled = 'order.canceled';
    case CustomerUpserted = 'customer.upserted';
    case ProductUpserted = 'product.upserted';

    /**
     * The kind of Magento entity behind the event, also the name of its block.
     */
    public function entityType(): string
    {
        return match ($this) {
            self::InvoiceCreated, self::InvoicePaid, self::InvoiceCanceled => 'invoice',
            self::CreditMemoCreated, self::CreditMemoCanceled => 'creditmemo',
            self::OrderPlaced, self::OrderInvoiced, self::OrderCanceled => 'order',
            self::CustomerUpserted => 'customer',
            self::ProductUpserted => 'product',
        };
    }

    /**
     * The event that brought the document to the ledger, for one that takes it back; null for all others.
     */
    public function takesBack(): ?self
    {
        return match ($this) {
            self::InvoiceCanceled => self::InvoiceCreated,
            self::CreditMemoCanceled => self::CreditMemoCreated,
            self::OrderInvoiced, self::OrderCanceled => self::OrderPlaced,
            default => null,
        };
    }

    /**
     * The idempotency key of the event for one entity, as every later part of the system knows it.
     */
    public function keyFor(int $entityId): string
    {
        return $this->value . ':' . $entityId;
    }

    /**
     * Whether the same key may come again with new content, because a later edit must reach the ledger too.
     */
    public function isUpsert(): bool
    {
        return match ($this) {
            self::OrderPlaced,
            self::OrderInvoiced,
            self::OrderCanceled,
            self::CustomerUpserted,
            self::ProductUpserted => true,
            default => false,
        };
    }

    /**
     * The column holding the instant the event is about: a document exists from its creation, all else is a change.
     */
    public function instantColumn(): string
    {
        return match ($this) {
            self::InvoiceCreated, self::CreditMemoCreated, self::OrderPlaced => 'created_at',
            self::InvoicePaid,
            self::InvoiceCanceled,
            self::CreditMemoCanceled,
            self::OrderInvoiced,
            self::OrderCanceled,
            self::CustomerUpserted,
            self::ProductUpserted => 'updated_at',
        };
    }
}
