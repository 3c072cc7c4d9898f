<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\Source\SalesDocumentRows;

/**
 * Reads an invoice or credit memo with its order, or an order by itself; one of them or hundreds.
 */
class SalesDocumentReader
{
    public function __construct(private readonly SalesRowReader $rows, private readonly StoreReader $stores)
    {
    }

    /**
     * @throws CanonicalDataException when the document, its order or its payment does not exist
     */
    public function read(CapturedEvent $event): SalesDocumentRows
    {
        $found = $this->readAll($event->name->entityType(), [$event->entityId])[$event->entityId];

        return $found instanceof SalesDocumentRows ? $found : throw $found;
    }

    /**
     * Reads any number of documents of one type with the statements that one of them takes.
     *
     * @param int[] $ids
     * @return array<int, SalesDocumentRows|CanonicalDataException> by id; why a document cannot be read
     */
    public function readAll(string $entityType, array $ids): array
    {
        $batch = new SalesDocumentBatch($this->rows, $this->stores, $entityType, $ids);
        $read = [];
        foreach ($ids as $id) {
            try {
                $read[$id] = $batch->document($id);
            } catch (CanonicalDataException $problem) {
                $read[$id] = $problem;
            }
        }

        return $read;
    }
}
