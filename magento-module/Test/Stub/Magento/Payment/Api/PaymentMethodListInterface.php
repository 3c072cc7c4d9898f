<?php

declare(strict_types=1);

namespace Magento\Payment\Api;

/**
 * Stands in for Magento's list of payment methods.
 */
interface PaymentMethodListInterface
{
    public function getList($storeId);
}
