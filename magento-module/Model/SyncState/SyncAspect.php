<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * The parts of an entity with their own status: an invoice may be in the ledger while its payment is not. An order
 * ends with a cancellation, or with being invoiced. A customer also has one for each currency, because the ledger has
 * a contact for each.
 */
class SyncAspect
{
    public const DOCUMENT = 'document';
    public const PAYMENT = 'payment';
    public const CANCELLATION = 'cancellation';
    public const INVOICED = 'invoiced';

    /** All that are not the currency of a contact. */
    public const OF_DOCUMENTS = [self::DOCUMENT, self::PAYMENT, self::CANCELLATION, self::INVOICED];

    public static function of(EventName $name): string
    {
        return match (true) {
            $name === EventName::InvoicePaid => self::PAYMENT,
            $name === EventName::OrderInvoiced => self::INVOICED,
            $name->takesBack() !== null => self::CANCELLATION,
            default => self::DOCUMENT,
        };
    }

    public static function isCurrency(string $aspect): bool
    {
        return !in_array($aspect, self::OF_DOCUMENTS, true);
    }
}
