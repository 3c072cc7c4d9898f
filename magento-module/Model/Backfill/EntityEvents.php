<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Backfill;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Outbox\InvoiceCaptureRule;

/**
 * Determines the events of an existing entity, in the order in which they must be sent.
 */
class EntityEvents
{
    public function __construct(private readonly InvoiceCaptureRule $invoiceRule)
    {
    }

    /**
     * @return EventName[]
     */
    public function of(string $entityType, int $state): array
    {
        return match ($entityType) {
            'invoice' => $this->invoiceRule->eventsOf(null, null, $state),
            'creditmemo' => [EventName::CreditMemoCreated],
            'customer' => [EventName::CustomerUpserted],
            'product' => [EventName::ProductUpserted],
            default => throw new \InvalidArgumentException(sprintf('"%s" is no kind of entity.', $entityType)),
        };
    }
}
