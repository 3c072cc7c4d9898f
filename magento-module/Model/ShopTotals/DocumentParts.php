<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopTotals;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\PricedRowRule;
use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Splits a document into net and tax by percentage, so that the parts always add up to its total and its tax.
 *
 * Rows and shipping have their own percentage. What is left has none in Magento: adjustments, fixed product taxes and
 * fees of other modules. It goes to the percentage of the document that its tax fits best, and to "0" without tax.
 */
class DocumentParts
{
    /** What was paid with a gift card and the like is part of the document, but not of Magento's grand total. */
    public const TENDERS = ['gift_cards_amount', 'customer_balance_amount', 'reward_currency_amount'];

    public const PLACES = 4;
    private const UNTAXED = '0';

    /** Less tax than this on a row is none, because it is below half a penny. */
    private const HALF_A_PENNY = '0.005';

    public function __construct(private readonly PricedRowRule $priced)
    {
    }

    /**
     * @param array<string, ?string> $document
     * @return string decimal text
     */
    public function total(array $document): string
    {
        $total = $this->amount($document, 'grand_total');
        foreach (self::TENDERS as $column) {
            $total = bcadd($total, $this->amount($document, $column), self::PLACES);
        }

        return $total;
    }

    /**
     * @param array<string, ?string> $document
     * @param array<int, array<string, ?string>> $items rows of the document
     * @param array<int, array<string, ?string>> $orderItems all rows of its order
     * @param ?string $shippingRate percentage of the tax on shipping; null for none
     * @return array<int|string, array{net: string, tax: string}> by percentage without trailing zeros
     */
    public function split(array $document, array $items, array $orderItems, ?string $shippingRate): array
    {
        $parts = new RateSums();
        $unstated = [];
        $discount = '0';
        $feesOnRows = '0';
        foreach ($this->pricedRows($items, $orderItems) as [$item, $percent]) {
            $net = $this->sum($item, ['row_total', 'discount_tax_compensation_amount'], ['discount_amount']);
            $tax = $this->amount($item, 'tax_amount');
            if ($this->isTaxed($tax) && !$this->isTaxed((string) ($percent ?? '0'))) {
                $unstated[] = [$net, $tax];
            } else {
                $parts->add($this->rate($percent, $net, $tax), $net, $tax);
            }
            $discount = bcadd($discount, $this->amount($item, 'discount_amount'), self::PLACES);
            $feesOnRows = bcadd($feesOnRows, $this->amount($item, 'weee_tax_applied_row_amount'), self::PLACES);
        }
        $hasShipping = bccomp($this->amount($document, 'shipping_amount'), '0', self::PLACES) !== 0;
        if ($hasShipping) {
            // The document's discount is negative. What its rows do not account for was given on shipping.
            $net = $this->sum(
                $document,
                ['shipping_amount', 'discount_amount', 'shipping_discount_tax_compensation_amount'],
                []
            );
            $net = bcadd($net, $discount, self::PLACES);
            $tax = $this->amount($document, 'shipping_tax_amount');
            $shippingRate = $this->rate($shippingRate, $net, $tax);
            $parts->add($shippingRate, $net, $tax);
        }
        foreach ($unstated as [$net, $tax]) {
            $parts->add($parts->fitting($net, $tax), $net, $tax);
        }
        [$net, $tax] = $parts->missing($this->total($document), $this->amount($document, 'tax_amount'));
        if ($hasShipping && !$this->isTaxed($tax) && bccomp($discount, '0', self::PLACES) !== 0) {
            // A memo that credits a part of discounted shipping does not say which part of the discount.
            $known = bcadd($feesOnRows, $this->amount($document, 'adjustment'), self::PLACES);
            $ofShipping = bcsub($net, $known, self::PLACES);
            $parts->add($shippingRate ?? self::UNTAXED, $ofShipping, '0');
            $net = $known;
        }
        $parts->add($parts->fitting($net, $tax), $net, $tax);

        return $parts->all();
    }

    /**
     * @param array<int, array<string, ?string>> $items
     * @param array<int, array<string, ?string>> $orderItems
     * @return array<int, array{array<string, ?string>, ?string}> rows with their own price, and their percentage
     */
    private function pricedRows(array $items, array $orderItems): array
    {
        $rows = [];
        foreach ($orderItems as $position => $row) {
            $rows[] = new Row($row, sprintf('order_items[%d]', $position));
        }
        try {
            $priced = $this->priced->pricedByItemId($rows);
        } catch (CanonicalDataException) {
            // The rows of this order contradict each other; its documents count as a whole.
            return [];
        }
        $percents = array_column($orderItems, 'tax_percent', 'item_id');
        $own = [];
        foreach ($items as $item) {
            $id = (int) $item['order_item_id'];
            if ($priced[$id] ?? false) {
                $own[] = [$item, $percents[$id] ?? null];
            }
        }

        return $own;
    }

    private function isTaxed(string $amount): bool
    {
        return bccomp($amount, '0', self::PLACES) !== 0;
    }

    private function rate(?string $percent, string $net, string $tax): string
    {
        $percent = $percent ?? self::UNTAXED;
        if (!$this->isTaxed($tax)) {
            $expected = ltrim(bcdiv(bcmul($net, $percent, 8), '100', 8), '-');

            return bccomp($expected, self::HALF_A_PENNY, 8) >= 0 ? self::UNTAXED : RateSums::plain($percent);
        }

        return RateSums::plain($percent);
    }

    /**
     * @param array<string, ?string> $row
     * @param string[] $added
     * @param string[] $subtracted
     */
    private function sum(array $row, array $added, array $subtracted): string
    {
        $sum = '0';
        foreach ($added as $column) {
            $sum = bcadd($sum, $this->amount($row, $column), self::PLACES);
        }
        foreach ($subtracted as $column) {
            $sum = bcsub($sum, $this->amount($row, $column), self::PLACES);
        }

        return $sum;
    }

    /**
     * @param array<string, ?string> $row
     */
    private function amount(array $row, string $column): string
    {
        $value = (string) ($row[$column] ?? '');

        return preg_match('/^-?[0-9]+(\.[0-9]+)?$/D', $value) === 1 ? $value : '0';
    }
}
