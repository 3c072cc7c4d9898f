<?php

declare(strict_types=1);

namespace Magento\Framework\App\Config;

/**
 * Stands in for Magento's configuration.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
interface ScopeConfigInterface
{
    public function getValue($path, $scopeType = 'default', $scopeCode = null);

    public function isSetFlag($path, $scopeType = 'default', $scopeCode = null);
}
