<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * The parts of an entity with their own status: an invoice may be in the ledger while its payment is not. A customer
 * also has one for each currency, because the ledger has a contact for each.
 */
class SyncAspect
{
    public const DOCUMENT = 'document';
    public const PAYMENT = 'payment';
    public const CANCELLATION = 'cancellation';

    public static function of(EventName $name): string
    {
        return match (true) {
            $name === EventName::InvoicePaid => self::PAYMENT,
            $name->takesBack() !== null => self::CANCELLATION,
            default => self::DOCUMENT,
        };
    }

    public static function isCurrency(string $aspect): bool
    {
        return !in_array($aspect, [self::DOCUMENT, self::PAYMENT, self::CANCELLATION], true);
    }
}
