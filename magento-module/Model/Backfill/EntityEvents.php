<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Backfill;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Order\OrderCaptureRule;
use Byte8\SageAccounting\Model\Order\OrderItemRows;
use Byte8\SageAccounting\Model\Outbox\InvoiceCaptureRule;

/**
 * Determines the events of existing entities, in the order in which they must be sent.
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
     * @param array<int, array{entity_id: int, store_id: int, state: string}> $rows of one type
     * @return array<int, EventName[]> by entity id, in the order of the rows
     */
    public function of(string $entityType, array $rows): array
    {
        $ids = array_column($rows, 'entity_id');
        $orderItems = $entityType === 'order' ? $this->orderItems->ofOrders($ids) : [];
        $events = [];
        foreach ($rows as $row) {
            $id = $row['entity_id'];
            $events[$id] = match ($entityType) {
                'invoice' => $this->invoiceRule->eventsOf(null, null, (int) $row['state']),
                'order' => array_filter([$this->orderRule->described($row['state'], $orderItems[$id] ?? [])]),
                'creditmemo' => [EventName::CreditMemoCreated],
                'customer' => [EventName::CustomerUpserted],
                'product' => [EventName::ProductUpserted],
                default => throw new \InvalidArgumentException(sprintf('"%s" is no kind of entity.', $entityType)),
            };
        }

        return $events;
    }
}
