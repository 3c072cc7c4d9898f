<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\Source\CustomerRows;
use Byte8\SageAccounting\Model\Canonical\Source\EventSourceInterface;
use Byte8\SageAccounting\Model\Canonical\Source\ProductRows;
use Byte8\SageAccounting\Model\Canonical\Source\SalesDocumentRows;

/**
 * A source that delegates everything; a test overrides what must fail.
 */
class BrokenSource implements EventSourceInterface
{
    public function __construct(protected readonly EventSourceInterface $inner)
    {
    }

    public function salesDocument(CapturedEvent $event): SalesDocumentRows
    {
        return $this->inner->salesDocument($event);
    }

    public function customer(CapturedEvent $event): CustomerRows
    {
        return $this->inner->customer($event);
    }

    public function product(CapturedEvent $event): ProductRows
    {
        return $this->inner->product($event);
    }
}
