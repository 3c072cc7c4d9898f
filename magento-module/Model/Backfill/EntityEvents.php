<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Backfill;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Order\OrderCaptureRule;
use Byte8\SageAccounting\Model\Order\OrderItemRows;
use Byte8\SageAccounting\Model\Outbox\InvoiceCaptureRule;

/**
 * Determines the events of an existing entity, in the order in which they must be sent.
 */
class EntityEvents
{
    public function __construct(
        private readonly InvoiceCaptureRule $invoiceRule,
        private readonly OrderCaptureRule $orderRule,
        private readonly OrderItemRows $orderItems
    ) {
    }

    /**
     * @param array{entity_id: int, store_id: int, state: string} $row
     * @return EventName[]
     */
    public function of(string $entityType, array $row): array
    {
        return match ($entityType) {
            'invoice' => $this->invoiceRule->eventsOf(null, null, (int) $row['state']),
            'order' => $this->ofOrder($row['entity_id'], $row['state']),
            'creditmemo' => [EventName::CreditMemoCreated],
            'customer' => [EventName::CustomerUpserted],
            'product' => [EventName::ProductUpserted],
            default => throw new \InvalidArgumentException(sprintf('"%s" is no kind of entity.', $entityType)),
        };
    }

    /**
     * @return EventName[]
     */
    private function ofOrder(int $orderId, string $state): array
    {
        $items = $this->orderItems->ofOrders([$orderId])[$orderId] ?? [];

        return array_filter([$this->orderRule->described($state, $items)]);
    }
}
