<?php

declare(strict_types=1);

namespace Magento\Payment\Api\Data;

/**
 * Stands in for a payment method of Magento's.
 */
interface PaymentMethodInterface
{
    public function getCode();

    public function getTitle();

    public function getIsActive();
}
