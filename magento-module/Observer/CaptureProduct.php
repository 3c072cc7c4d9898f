<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Observer;

use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * Captures a saved product. Its quantity is read later, because Magento may save stock after the product.
 */
class CaptureProduct extends CaptureOwnerOfSavedRow
{
    protected function eventName(): EventName
    {
        return EventName::ProductUpserted;
    }

    protected function dataKey(): string
    {
        return 'product';
    }

    protected function ownerColumn(): string
    {
        return 'entity_id';
    }
}
