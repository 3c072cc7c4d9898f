<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * Says which events a saved invoice is, from what it was when loaded and what it is now.
 *
 * An old invoice touched again is no event: without that, the first comment on any historic invoice would send it.
 */
class InvoiceCaptureRule
{
    private const STATE_PAID = 2;
    private const STATE_CANCELED = 3;

    /**
     * @param ?int $loadedId id the invoice was loaded with, null for one that is new in this request
     * @param ?int $loadedState state it was loaded with
     * @return EventName[] in the order in which they must be sent
     */
    public function eventsOf(?int $loadedId, ?int $loadedState, int $state): array
    {
        $events = [];
        if ($loadedId === null && $state !== self::STATE_CANCELED) {
            $events[] = EventName::InvoiceCreated;
        }
        if ($loadedState !== self::STATE_PAID && $state === self::STATE_PAID) {
            $events[] = EventName::InvoicePaid;
        }

        return $events;
    }
}
