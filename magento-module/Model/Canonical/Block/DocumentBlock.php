<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Block;

use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Byte8\SageAccounting\Model\Canonical\Source\ThirdPartyTotalsInterface;

/**
 * Builds the block of an invoice, credit memo or order: the header's columns, third-party totals and the items.
 *
 * The tables have these columns in common; a credit memo has a few of its own. Every part of grand_total is
 * here, so that the core can prove the sum. Nothing is added up.
 */
class DocumentBlock
{
    /** Columns that every edition has, in the order of the contract, after the currencies. */
    private const MONEY_BEFORE_DISCOUNT_DESCRIPTION = [
        'base_to_order_rate',
        'base_to_global_rate',
        'grand_total',
        'base_grand_total',
        'subtotal',
        'tax_amount',
        'discount_amount',
    ];

    private const MONEY_AFTER_DISCOUNT_DESCRIPTION = [
        'discount_tax_compensation_amount',
        'shipping_amount',
        'shipping_tax_amount',
        'shipping_incl_tax',
        'shipping_discount_tax_compensation_amount',
    ];

    /** Columns that only Adobe Commerce has. */
    private const COMMERCE_MONEY = [
        'customer_balance_amount',
        'gift_cards_amount',
        'reward_currency_amount',
        'gw_price',
        'gw_tax_amount',
        'gw_items_price',
        'gw_items_tax_amount',
        'gw_card_price',
        'gw_card_tax_amount',
    ];

    private const CREDIT_MEMO_MONEY = ['adjustment', 'adjustment_positive', 'adjustment_negative'];

    public function __construct(
        private readonly ItemsBlock $items,
        private readonly ThirdPartyTotalsInterface $thirdPartyTotals
    ) {
    }

    /**
     * @param Row[] $documentItems
     * @param Row[] $orderItems
     * @return array<string, mixed>
     */
    public function buildInvoice(Row $invoice, array $documentItems, array $orderItems): array
    {
        return $this->header($invoice) + $this->totalsAndItems($invoice, $documentItems, $orderItems);
    }

    /**
     * @param Row[] $documentItems
     * @param Row[] $orderItems
     * @return array<string, mixed>
     */
    public function buildCreditMemo(Row $creditMemo, array $documentItems, array $orderItems): array
    {
        $own = ['invoice_id' => $creditMemo->nullableInteger('invoice_id')];
        foreach (self::CREDIT_MEMO_MONEY as $column) {
            $own[$column] = $creditMemo->money($column);
        }
        $own['customer_note'] = $creditMemo->text('customer_note');

        return $this->header($creditMemo)
            + $own
            + $this->totalsAndItems($creditMemo, $documentItems, $orderItems);
    }

    /**
     * What an order has as a document, without the columns that say who bought.
     *
     * @param Row[] $orderItems
     * @return array<string, mixed>
     */
    public function buildOrder(Row $order, array $orderItems): array
    {
        return ['state' => $order->text('state')] + $this->columns($order) + [
            'other' => $this->thirdPartyTotals->ofDocument($order),
            'items' => $this->items->buildOrderItems($orderItems),
        ];
    }

    /**
     * @return array<string, mixed>
     */
    private function header(Row $document): array
    {
        return [
            'entity_id' => $document->integer('entity_id'),
            'increment_id' => $document->text('increment_id'),
            'state' => $document->nullableInteger('state'),
        ] + $this->columns($document);
    }

    /**
     * @return array<string, mixed>
     */
    private function columns(Row $document): array
    {
        $block = [
            'created_at' => $document->text('created_at'),
            'order_currency_code' => $document->text('order_currency_code'),
            'base_currency_code' => $document->text('base_currency_code'),
            'global_currency_code' => $document->text('global_currency_code'),
        ];
        foreach (self::MONEY_BEFORE_DISCOUNT_DESCRIPTION as $column) {
            $block[$column] = $document->money($column);
        }
        $block['discount_description'] = $document->text('discount_description');
        foreach (self::MONEY_AFTER_DISCOUNT_DESCRIPTION as $column) {
            $block[$column] = $document->money($column);
        }
        foreach (self::COMMERCE_MONEY as $column) {
            $block[$column] = $document->optionalMoney($column);
        }

        return $block;
    }

    /**
     * @param Row[] $documentItems
     * @param Row[] $orderItems
     * @return array<string, mixed>
     */
    private function totalsAndItems(Row $document, array $documentItems, array $orderItems): array
    {
        return [
            'other' => $this->thirdPartyTotals->ofDocument($document),
            'items' => $this->items->build($documentItems, $orderItems),
        ];
    }
}
