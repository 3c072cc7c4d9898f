<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Source;

use Byte8\SageAccounting\Model\Canonical\CapturedEvent;

/**
 * A source that reads a sales document once for all its events; an invoice is often created and paid in one save.
 *
 * Made anew for each piece of work: what it remembers is the moment of that work.
 */
class CachingEventSource implements EventSourceInterface
{
    /** @var array<string, SalesDocumentRows> by type and id */
    private array $read = [];

    public function __construct(private readonly EventSourceInterface $source)
    {
    }

    public function salesDocument(CapturedEvent $event): SalesDocumentRows
    {
        return $this->read[$event->name->entityType() . ':' . $event->entityId]
            ??= $this->source->salesDocument($event);
    }

    public function customer(CapturedEvent $event): CustomerRows
    {
        return $this->source->customer($event);
    }

    public function product(CapturedEvent $event): ProductRows
    {
        return $this->source->product($event);
    }
}
