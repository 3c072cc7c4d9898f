<?php

declare(strict_types=1);

namespace Magento\Framework\Locale;

/**
 * Stands in for Magento's list of currencies.
 */
interface CurrencyInterface
{
    public function getCurrency($currency);
}
