<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

use Magento\Framework\App\Config\ScopeConfigInterface;
use Magento\Store\Model\ScopeInterface;

/**
 * Returns the time zone of a store.
 *
 * Reads the configuration itself: Magento's own service answers with the admin's choice of store in some areas.
 */
class StoreTimeZone
{
    private const CONFIG_PATH = 'general/locale/timezone';

    public function __construct(private readonly ScopeConfigInterface $scopeConfig)
    {
    }

    public function ofStore(int $storeId): string
    {
        return (string) $this->scopeConfig->getValue(self::CONFIG_PATH, ScopeInterface::SCOPE_STORE, $storeId);
    }

    /**
     * The zone of the default scope, for what belongs to no single store.
     */
    public function ofInstallation(): string
    {
        return (string) $this->scopeConfig->getValue(self::CONFIG_PATH);
    }
}
