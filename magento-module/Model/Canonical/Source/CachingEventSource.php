<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Source;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;

/**
 * Reads a sales document once for all its events: an invoice is often created and paid in one save. Many documents are
 * read together, where the source can do that.
 *
 * Create a new one for each unit of work, because it caches the state of that moment.
 */
class CachingEventSource implements EventSourceInterface
{
    private const SALES_DOCUMENTS = ['invoice', 'creditmemo', 'order'];

    /** @var array<string, SalesDocumentRows|CanonicalDataException> by type and id */
    private array $read = [];

    /**
     * @param CapturedEvent[] $events whose sales documents are read now, with a fixed number of statements
     */
    public function __construct(private readonly EventSourceInterface $source, array $events = [])
    {
        $ids = [];
        foreach ($events as $event) {
            $ids[$event->name->entityType()][$event->entityId] = $event->entityId;
        }
        if (!$source instanceof BatchEventSourceInterface) {
            return;
        }
        foreach (array_intersect_key($ids, array_flip(self::SALES_DOCUMENTS)) as $type => $ofType) {
            foreach ($source->salesDocuments($type, array_values($ofType)) as $id => $rows) {
                $this->read[$type . ':' . $id] = $rows;
            }
        }
    }

    public function salesDocument(CapturedEvent $event): SalesDocumentRows
    {
        $read = $this->read[$event->name->entityType() . ':' . $event->entityId]
            ??= $this->source->salesDocument($event);

        return $read instanceof SalesDocumentRows ? $read : throw $read;
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
