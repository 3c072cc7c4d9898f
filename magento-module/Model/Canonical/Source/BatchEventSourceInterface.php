<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Source;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;

/**
 * Port of a source that reads many sales documents with the statements of one.
 *
 * @api
 */
interface BatchEventSourceInterface extends EventSourceInterface
{
    /**
     * @param string $entityType invoice, creditmemo or order
     * @param int[] $entityIds
     * @return array<int, SalesDocumentRows|CanonicalDataException> by id; why a document cannot be read
     */
    public function salesDocuments(string $entityType, array $entityIds): array;
}
