<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Observer;

use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * Captures the product of a saved stock row. Sources of multi-source inventory have their own plugin.
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
