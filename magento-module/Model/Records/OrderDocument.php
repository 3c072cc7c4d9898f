<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Records;

/**
 * An invoice or credit memo of an order.
 */
class OrderDocument
{
    /**
     * @param string $total decimal text in the currency
     */
    public function __construct(
        public readonly int $orderId,
        public readonly string $entityType,
        public readonly int $entityId,
        public readonly string $number,
        public readonly string $total,
        public readonly string $currency
    ) {
    }
}
