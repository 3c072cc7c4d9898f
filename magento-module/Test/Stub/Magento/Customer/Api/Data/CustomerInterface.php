<?php

declare(strict_types=1);

namespace Magento\Customer\Api\Data;

/**
 * Stands in for Magento's customer.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
interface CustomerInterface
{
    public function getId();

    public function getStoreId();
}
