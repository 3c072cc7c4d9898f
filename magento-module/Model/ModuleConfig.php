<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model;

use Magento\Framework\App\Config\ScopeConfigInterface;

/**
 * The merchant's switches.
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
     * Whether plans leave this shop; before going live a merchant looks at dry runs only.
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
     * Days after which finished rows lose their texts.
     */
    public function keepDays(): int
    {
        return max(1, (int) $this->scopeConfig->getValue(self::KEEP_DAYS));
    }

    /**
     * The page of a run at the relay's dashboard; null where no dashboard is known.
     */
    public function runUrl(?string $runId): ?string
    {
        $dashboard = rtrim((string) $this->scopeConfig->getValue(self::DASHBOARD_URL), '/');
        if ($runId === null || preg_match('~^https?://~i', $dashboard) !== 1) {
            return null;
        }

        return $dashboard . '/sync/' . rawurlencode($runId);
    }
}
