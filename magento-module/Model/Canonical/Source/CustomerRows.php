<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Source;

/**
 * All rows of one customer, read at one moment.
 */
class CustomerRows
{
    /**
     * @param Row $customer row of customer_entity
     * @param Row[] $addresses rows of customer_address_entity
     */
    public function __construct(
        public readonly Row $customer,
        public readonly array $addresses,
        public readonly string $storeTimeZone
    ) {
    }
}
