<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\Source\BatchEventSourceInterface;
use Byte8\SageAccounting\Model\Canonical\Source\CustomerRows;
use Byte8\SageAccounting\Model\Canonical\Source\ProductRows;
use Byte8\SageAccounting\Model\Canonical\Source\SalesDocumentRows;

/**
 * The builder's source in a running Magento: one reader for each entity type.
 */
class MagentoEventSource implements BatchEventSourceInterface
{
    public function __construct(
        private readonly SalesDocumentReader $salesDocumentReader,
        private readonly CustomerReader $customerReader,
        private readonly ProductReader $productReader
    ) {
    }

    public function salesDocument(CapturedEvent $event): SalesDocumentRows
    {
        return $this->salesDocumentReader->read($event);
    }

    public function salesDocuments(string $entityType, array $entityIds): array
    {
        return $this->salesDocumentReader->readAll($entityType, $entityIds);
    }

    public function customer(CapturedEvent $event): CustomerRows
    {
        return $this->customerReader->read($event);
    }

    public function product(CapturedEvent $event): ProductRows
    {
        return $this->productReader->read($event);
    }
}
