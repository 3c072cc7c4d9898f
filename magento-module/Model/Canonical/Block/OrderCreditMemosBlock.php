<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Block;

use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * Builds the list of the order's earlier credit memos: what they used up of an invoice is not there any more.
 *
 * Cancelled ones stay in the list with their state; the core decides what they count.
 */
class OrderCreditMemosBlock
{
    /**
     * @param Row[] $creditMemos in any order
     * @return array<int, array<string, mixed>> oldest first
     */
    public function build(array $creditMemos): array
    {
        $blocks = array_map(static fn (Row $creditMemo): array => [
            'entity_id' => $creditMemo->integer('entity_id'),
            'increment_id' => $creditMemo->text('increment_id'),
            'state' => $creditMemo->integer('state'),
            'invoice_id' => $creditMemo->nullableInteger('invoice_id'),
            'grand_total' => $creditMemo->money('grand_total'),
        ], $creditMemos);
        usort($blocks, static fn (array $one, array $other): int => $one['entity_id'] <=> $other['entity_id']);

        return $blocks;
    }
}
