<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Canonical;

use Byte8\SageAccounting\Model\Canonical\Block\OrderCreditMemosBlock;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use PHPUnit\Framework\TestCase;

/**
 * Which earlier credit memos the event of a credit memo contains.
 */
class OrderCreditMemosTest extends TestCase
{
    public function testTheSecondMemoNamesTheFirst(): void
    {
        $event = GoldenRows::builtEvent('cm_two_partials_sum', 3);

        self::assertSame([71], array_column($event['order_creditmemos'], 'entity_id'));
        self::assertSame(['28.1500'], array_column($event['order_creditmemos'], 'grand_total'));
    }

    public function testTheFirstMemoHasNoSuchList(): void
    {
        self::assertArrayNotHasKey('order_creditmemos', GoldenRows::builtEvent('cm_two_partials_sum', 2));
        self::assertArrayNotHasKey('order_creditmemos', GoldenRows::builtEvent('cm_two_partials_sum', 1));
    }

    public function testOldestComesFirstAndAMemoMayNameNoInvoice(): void
    {
        $row = static fn (int $id, ?int $invoiceId): Row => new Row([
            'entity_id' => $id,
            'increment_id' => '0000000' . $id,
            'state' => 3,
            'invoice_id' => $invoiceId,
            'grand_total' => '1.0000',
        ], 'creditmemo');

        $built = (new OrderCreditMemosBlock())->build([$row(72, null), $row(71, 5)]);

        self::assertSame([71, 72], array_column($built, 'entity_id'));
        self::assertSame([5, null], array_column($built, 'invoice_id'));
    }
}
