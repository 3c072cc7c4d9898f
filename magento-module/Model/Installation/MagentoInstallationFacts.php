<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Installation;

use Magento\Framework\App\Config\ScopeConfigInterface;
use Magento\Framework\App\DeploymentConfig;
use Magento\Framework\App\ResourceConnection;
use Magento\Store\Model\ScopeInterface;
use Magento\Store\Model\StoreManagerInterface;

/**
 * The facts about this installation in Magento's configuration.
 */
class MagentoInstallationFacts implements InstallationFactsInterface
{
    private const BASE_URLS = ['web/secure/base_url', 'web/unsecure/base_url'];

    /** Placeholder in a base URL for the host of the request. */
    private const PLACEHOLDER = '{{';

    private const LOCAL = ['', 'localhost', '127.0.0.1', '::1', '[::1]'];
    private const USUAL_PORT = ':3306';

    public function __construct(
        private readonly ScopeConfigInterface $scopeConfig,
        private readonly StoreManagerInterface $storeManager,
        private readonly ResourceConnection $resourceConnection,
        private readonly DeploymentConfig $deploymentConfig
    ) {
    }

    public function baseUrl(): string
    {
        $store = $this->storeManager->getDefaultStoreView();
        foreach ($store === null ? [] : self::BASE_URLS as $path) {
            $url = (string) $this->scopeConfig->getValue($path, ScopeInterface::SCOPE_STORE, $store->getId());
            if (preg_match('~^https?://~i', $url) === 1 && $this->isFixed($path)) {
                return $url;
            }
        }

        return '';
    }

    public function database(): string
    {
        $name = (string) $this->deploymentConfig->get('resource/sales/connection', 'default');
        $settings = $this->deploymentConfig->get('db/connection/' . $name);
        $settings = is_array($settings) ? $settings : (array) $this->deploymentConfig->get('db/connection/default');
        $host = strtolower((string) ($settings['host'] ?? ''));
        if (str_ends_with($host, self::USUAL_PORT)) {
            $host = substr($host, 0, -strlen(self::USUAL_PORT));
        }
        $bare = (string) preg_replace('/(?<=[^:]):[0-9]+$/D', '', $host);
        if (str_contains($host, '/') || in_array($bare, self::LOCAL, true) || isset($settings['unix_socket'])) {
            // Such a server name exists on every machine.
            $host .= '@' . strtolower((string) gethostname());
        }

        return $host . '/' . ($settings['dbname'] ?? '');
    }

    /**
     * Whether the address is configured, so that every request and cron see the same one.
     */
    private function isFixed(string $path): bool
    {
        $connection = $this->resourceConnection->getConnection();
        $written = $connection->fetchCol(
            $connection->select()
                ->from($this->resourceConnection->getTableName('core_config_data'), ['value'])
                ->where('path = ?', $path)
        );
        $written[] = $this->deploymentConfig->get('system/default/' . $path);
        $written = array_filter($written, static fn (mixed $value): bool => is_string($value) && $value !== '');

        return $written !== [] && !str_contains(implode(' ', $written), self::PLACEHOLDER);
    }
}
