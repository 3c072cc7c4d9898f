<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopReport;

use Byte8\SageAccounting\Model\Installation\InstallationFactsInterface;
use Magento\Backend\App\Area\FrontNameResolver;
use Magento\Framework\App\Config\ScopeConfigInterface;
use Magento\Framework\UrlInterface;
use Magento\Store\Model\StoreManagerInterface;

/**
 * The address of the admin, for links to it.
 *
 * Magento's own service for addresses of the admin needs a session and, on the command line, takes the name of the
 * running script for a part of the path.
 */
class AdminUrl
{
    private const SECURE = 'web/secure/use_in_adminhtml';
    private const ADMIN_STORE = 0;

    public function __construct(
        private readonly StoreManagerInterface $storeManager,
        private readonly ScopeConfigInterface $scopeConfig,
        private readonly FrontNameResolver $frontName,
        private readonly InstallationFactsInterface $facts
    ) {
    }

    /**
     * @return ?string null where the base URL depends on the request
     */
    public function get(): ?string
    {
        if ($this->facts->baseUrl() === '') {
            return null;
        }
        $frontName = trim((string) $this->frontName->getFrontName(), '/');
        $base = (string) $this->storeManager->getStore(self::ADMIN_STORE)
            ->getBaseUrl(UrlInterface::URL_TYPE_WEB, $this->scopeConfig->isSetFlag(self::SECURE));

        return $frontName === '' || preg_match('~^https?://~i', $base) !== 1
            ? null
            : rtrim($base, '/') . '/' . $frontName . '/';
    }
}
