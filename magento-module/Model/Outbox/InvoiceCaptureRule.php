<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * Determines the events of a saved invoice from its state when loaded and its state now.
 *
 * Another save of an old invoice is no event. Otherwise the first comment on any old invoice would send it.
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
        if ($loadedId !== null && $loadedState !== self::STATE_CANCELED && $state === self::STATE_CANCELED) {
            $events[] = EventName::InvoiceCanceled;
        }

        return $events;
    }
}
