<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Source;

use Byte8\SageAccounting\Model\Canonical\CapturedEvent;

/**
 * Reads a sales document once for all its events: an invoice is often created and paid in one save.
 *
 * Create a new one for each unit of work, because it caches the state of that moment.
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
