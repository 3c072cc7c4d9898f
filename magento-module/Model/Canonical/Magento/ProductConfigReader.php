<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

use Byte8\SageAccounting\Model\Canonical\Block\ProductBlock;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Magento\Framework\App\Config\ScopeConfigInterface;

/**
 * Reads the settings of a product event from the default scope, because the event belongs to no single store.
 */
class ProductConfigReader
{
    public function __construct(private readonly ScopeConfigInterface $scopeConfig)
    {
    }

    public function read(): Row
    {
        $baseCurrency = $this->scopeConfig->getValue(ProductBlock::CONFIG_BASE_CURRENCY);

        return new Row([
            ProductBlock::CONFIG_MANAGE_STOCK => $this->flagOrNull(ProductBlock::CONFIG_MANAGE_STOCK),
            ProductBlock::CONFIG_PRICE_INCLUDES_TAX => $this->flagOrNull(ProductBlock::CONFIG_PRICE_INCLUDES_TAX) ?? 0,
            ProductBlock::CONFIG_BASE_CURRENCY => $baseCurrency === null ? null : (string) $baseCurrency,
        ], 'config');
    }

    private function flagOrNull(string $path): ?int
    {
        return $this->scopeConfig->getValue($path) === null ? null : (int) $this->scopeConfig->isSetFlag($path);
    }
}
