<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

/**
 * Kinds of records and events by the names that merchants know.
 */
class RecordKinds
{
    /** One record and several, by kind. */
    private const RECORDS = [
        'invoice' => ['Invoice', 'Invoices'],
        'creditmemo' => ['Credit Memo', 'Credit Memos'],
        'order' => ['Order', 'Orders'],
        'customer' => ['Customer', 'Customers'],
        'product' => ['Product', 'Products'],
    ];

    private const EVENTS = [
        'invoice.created' => 'Invoice',
        'invoice.paid' => 'Payment',
        'invoice.canceled' => 'Invoice canceled',
        'creditmemo.created' => 'Credit Memo',
        'creditmemo.canceled' => 'Credit memo canceled',
        'order.placed' => 'Order',
        'order.invoiced' => 'Order invoiced',
        'order.canceled' => 'Order canceled',
        'customer.upserted' => 'Customer',
        'product.upserted' => 'Product',
    ];

    /**
     * @return array<string, string> names of one record by kind
     */
    public static function all(): array
    {
        return array_map(static fn (array $names): string => (string) __($names[0]), self::RECORDS);
    }

    public static function isKnown(string $kind): bool
    {
        return isset(self::RECORDS[$kind]);
    }

    public static function one(string $kind): string
    {
        return (string) __(self::RECORDS[$kind][0] ?? $kind);
    }

    public static function many(string $kind): string
    {
        return (string) __(self::RECORDS[$kind][1] ?? $kind);
    }

    /**
     * The name of an event, such as `invoice.paid`.
     */
    public static function event(string $event): string
    {
        return (string) __(self::EVENTS[$event] ?? $event);
    }

    /**
     * All names, untranslated.
     *
     * @return string[]
     */
    public static function phrases(): array
    {
        return array_values(array_unique(array_merge(array_values(self::EVENTS), ...array_values(self::RECORDS))));
    }
}
