<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Observer;

use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * Notes the product whose stock row was saved; sources of multi-source inventory are not seen here.
 */
class CaptureStockItemOwner extends CaptureOwnerOfSavedRow
{
    protected function eventName(): EventName
    {
        return EventName::ProductUpserted;
    }

    protected function dataKey(): string
    {
        return 'item';
    }

    protected function ownerColumn(): string
    {
        return 'product_id';
    }
}
