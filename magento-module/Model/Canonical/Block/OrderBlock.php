<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Block;

use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Builds the order's part: who bought, and what the document's own row does not know.
 *
 * Of the order's totals only the grand total is here: it bounds what its invoices may come to. The exchange
 * rates stand in where the document has none of its own. The event of an order adds the rest from DocumentBlock.
 */
class OrderBlock
{
    /**
     * @return array<string, mixed>
     */
    public function build(Row $order): array
    {
        return [
            'entity_id' => $order->integer('entity_id'),
            'increment_id' => $order->text('increment_id'),
            'customer_id' => $order->nullableInteger('customer_id'),
            'customer_is_guest' => $order->nullableInteger('customer_is_guest'),
            'customer_group_id' => $order->nullableInteger('customer_group_id'),
            'customer_email' => $order->text('customer_email'),
            'customer_firstname' => $order->text('customer_firstname'),
            'customer_lastname' => $order->text('customer_lastname'),
            'customer_taxvat' => $order->text('customer_taxvat'),
            'is_virtual' => $order->nullableInteger('is_virtual'),
            'shipping_description' => $order->text('shipping_description'),
            'coupon_code' => $order->text('coupon_code'),
            'shipping_discount_amount' => $order->money('shipping_discount_amount'),
            'grand_total' => $order->money('grand_total'),
            'base_to_order_rate' => $order->money('base_to_order_rate'),
            'base_to_global_rate' => $order->money('base_to_global_rate'),
        ];
    }
}
