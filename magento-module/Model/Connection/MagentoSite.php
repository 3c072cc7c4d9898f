<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Connection;

use Magento\Framework\App\Config\ScopeConfigInterface;
use Magento\Framework\App\DeploymentConfig;

/**
 * Address and database of this Magento.
 */
class MagentoSite implements SiteInterface
{
    private const BASE_URL = 'web/unsecure/base_url';
    private const DATABASE = 'db/connection/default';

    public function __construct(
        private readonly ScopeConfigInterface $scopeConfig,
        private readonly DeploymentConfig $deploymentConfig
    ) {
    }

    public function baseUrl(): string
    {
        return rtrim((string) $this->scopeConfig->getValue(self::BASE_URL), '/');
    }

    public function database(): string
    {
        $connection = $this->deploymentConfig->get(self::DATABASE);
        $connection = is_array($connection) ? $connection : [];
        $host = strtolower((string) ($connection['host'] ?? ''));
        $isOnThisMachine = preg_match('~^(localhost|127\.0\.0\.1|\[?::1\]?|/.*)?(:|$)~D', $host) === 1;

        return ($isOnThisMachine ? gethostname() . ':' : '') . $host . '/' . ($connection['dbname'] ?? '');
    }
}
