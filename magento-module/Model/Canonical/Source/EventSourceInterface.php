<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Source;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;

/**
 * Port through which the builder reads Magento: live entities, or recorded rows.
 *
 * Implementations return rows and interpret nothing.
 *
 * @api
 */
interface EventSourceInterface
{
    /**
     * @throws CanonicalDataException when the document or a row it needs does not exist
     */
    public function salesDocument(CapturedEvent $event): SalesDocumentRows;

    /**
     * @throws CanonicalDataException when the customer does not exist
     */
    public function customer(CapturedEvent $event): CustomerRows;

    /**
     * @throws CanonicalDataException when the product does not exist
     */
    public function product(CapturedEvent $event): ProductRows;
}
