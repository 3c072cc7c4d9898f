<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Order;

use Byte8\SageAccounting\Model\Canonical\Magento\SalesRowReader;
use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Reads the items of orders, as OrderCaptureRule needs them.
 */
class OrderItemRows
{
    public function __construct(private readonly SalesRowReader $rows)
    {
    }

    /**
     * With one statement for all orders.
     *
     * @param int[] $orderIds
     * @return array<int, Row[]> by order id; none for an order without items
     */
    public function ofOrders(array $orderIds): array
    {
        return $this->rows->byOwner('sales_order_item', 'order_id', $orderIds, 'item_id', 'order_items');
    }
}
