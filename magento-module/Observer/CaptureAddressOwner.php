<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Observer;

use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * Captures the customer whose address book was edited; Magento dispatches no customer event for it.
 */
class CaptureAddressOwner extends CaptureOwnerOfSavedRow
{
    protected function eventName(): EventName
    {
        return EventName::CustomerUpserted;
    }

    protected function dataKey(): string
    {
        return 'customer_address';
    }

    protected function ownerColumn(): string
    {
        return 'parent_id';
    }
}
