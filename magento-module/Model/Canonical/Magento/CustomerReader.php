<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\Source\CustomerRows;
use Magento\Customer\Model\CustomerRegistry;
use Magento\Framework\Exception\NoSuchEntityException;

/**
 * Reads a customer with all addresses.
 */
class CustomerReader
{
    public function __construct(
        private readonly CustomerRegistry $customerRegistry,
        private readonly StoreTimeZone $storeTimeZone,
        private readonly EntityRowReader $rowReader
    ) {
    }

    /**
     * @throws CanonicalDataException when the customer does not exist
     */
    public function read(CapturedEvent $event): CustomerRows
    {
        // Otherwise a long-running consumer would get the customer of an earlier message.
        $this->customerRegistry->remove($event->entityId);
        try {
            $customer = $this->customerRegistry->retrieve($event->entityId);
        } catch (NoSuchEntityException $exception) {
            throw new CanonicalDataException(
                'customer',
                sprintf('nothing has the entity_id %d', $event->entityId),
                $exception
            );
        }

        return new CustomerRows(
            $this->rowReader->row($customer, 'customer_entity', 'customer'),
            $this->rowReader->rows($customer->getAddresses(), 'customer_address_entity', 'customer_addresses'),
            $this->storeTimeZone->ofStore((int) $customer->getStoreId())
        );
    }
}
