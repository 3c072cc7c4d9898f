<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Entity;

/**
 * The types of records that are sent to the ledger.
 */
class EntityType
{
    private const KNOWN = ['invoice', 'creditmemo', 'order', 'customer', 'product'];

    public static function isKnown(string $type): bool
    {
        return in_array($type, self::KNOWN, true);
    }
}
