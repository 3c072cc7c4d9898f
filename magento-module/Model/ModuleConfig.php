<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model;

use Magento\Framework\App\Config\ScopeConfigInterface;

/**
 * The module's settings in Magento's configuration.
 */
class ModuleConfig
{
    private const DELIVERY_ENABLED = 'byte8/sage_accounting/delivery_enabled';
    private const TRANSLATE_AFTER_COMMIT = 'byte8/sage_accounting/translate_after_commit';
    private const DASHBOARD_URL = 'byte8/sage_accounting/dashboard_url';
    private const KEEP_DAYS = 'byte8/sage_accounting/keep_days';

    public function __construct(private readonly ScopeConfigInterface $scopeConfig)
    {
    }

    /**
     * Whether plans are sent. Before going live a merchant uses dry runs only.
     */
    public function isDeliveryEnabled(): bool
    {
        return $this->scopeConfig->isSetFlag(self::DELIVERY_ENABLED);
    }

    public function translatesAfterCommit(): bool
    {
        return $this->scopeConfig->isSetFlag(self::TRANSLATE_AFTER_COMMIT);
    }

    /**
     * Days after which the details of finished rows are deleted.
     */
    public function keepDays(): int
    {
        return max(1, (int) $this->scopeConfig->getValue(self::KEEP_DAYS));
    }

    /**
     * The relay's dashboard; null if none is configured.
     */
    public function dashboardUrl(): ?string
    {
        $dashboard = rtrim((string) $this->scopeConfig->getValue(self::DASHBOARD_URL), '/');

        return preg_match('~^https?://~i', $dashboard) === 1 ? $dashboard : null;
    }
}
