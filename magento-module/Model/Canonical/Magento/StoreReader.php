<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Magento\Framework\Exception\NoSuchEntityException;
use Magento\Store\Model\StoreManagerInterface;

/**
 * The store that a document belongs to, and its time zone.
 */
class StoreReader
{
    public function __construct(
        private readonly StoreManagerInterface $storeManager,
        private readonly StoreTimeZone $storeTimeZone
    ) {
    }

    /**
     * @throws CanonicalDataException when there is no such store
     */
    public function store(int $storeId): Row
    {
        try {
            $store = $this->storeManager->getStore($storeId);
        } catch (NoSuchEntityException $exception) {
            throw new CanonicalDataException('store', sprintf('no store has the id %d', $storeId), $exception);
        }

        return new Row(['store_id' => $storeId, 'website_id' => (int) $store->getWebsiteId()], 'store');
    }

    public function timeZone(int $storeId): string
    {
        return $this->storeTimeZone->ofStore($storeId);
    }
}
