<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopReport;

use Byte8\SageAccounting\Model\Canonical\CanonicalJson;
use Byte8\SageAccounting\Model\Canonical\Magento\StoreTimeZone;
use Byte8\SageAccounting\Model\ModuleVersion;
use Magento\Framework\App\Config\ScopeConfigInterface;
use Magento\Framework\App\ProductMetadataInterface;
use Magento\Store\Model\ScopeInterface;
use Magento\Store\Model\StoreManagerInterface;

/**
 * What the shop tells of itself so that settings can be proposed: docs/contracts.md, section 10. No personal data.
 */
class ShopProfile
{
    private const SCHEMA = '1';

    private const BASE_CURRENCY = 'currency/options/base';
    private const CURRENCIES = 'currency/options/allow';

    /** The relay refuses longer lists. */
    private const MOST_ENTRIES = 2000;

    public function __construct(
        private readonly StoreManagerInterface $storeManager,
        private readonly ScopeConfigInterface $scopeConfig,
        private readonly StoreTimeZone $timeZone,
        private readonly PaymentMethods $paymentMethods,
        private readonly ProfileRows $rows,
        private readonly AdminUrl $adminUrl,
        private readonly ProductMetadataInterface $productMetadata,
        private readonly ModuleVersion $version,
        private readonly CanonicalJson $json
    ) {
    }

    public function json(): string
    {
        return $this->json->encode([
            'schema' => self::SCHEMA,
            'versions' => [
                'magento' => (string) $this->productMetadata->getVersion(),
                'module' => $this->version->get(),
                'php' => PHP_VERSION,
            ],
            'base_currency_code' => (string) $this->scopeConfig->getValue(self::BASE_CURRENCY),
            'websites' => $this->cut($this->websites()),
            'stores' => $this->cut($this->stores()),
            'currencies' => $this->cut($this->currencies()),
            'payment_methods' => $this->cut($this->paymentMethods->all()),
            'tax_rates' => $this->rows->taxRates(self::MOST_ENTRIES),
            'product_types' => $this->cut($this->rows->productTypes()),
            'admin_url' => $this->adminUrl->get(),
        ]);
    }

    /**
     * @return array<int, array{website_id: int, code: string, name: string}>
     */
    private function websites(): array
    {
        $websites = [];
        foreach ($this->storeManager->getWebsites() as $website) {
            $id = (int) $website->getId();
            $websites[$id] = [
                'website_id' => $id,
                'code' => (string) $website->getCode(),
                'name' => (string) $website->getName(),
            ];
        }
        ksort($websites);

        return $websites;
    }

    /**
     * @return array<int, array{store_id: int, website_id: int, code: string, name: string, timezone: string}>
     */
    private function stores(): array
    {
        $stores = [];
        foreach ($this->storeManager->getStores() as $store) {
            $id = (int) $store->getId();
            $stores[$id] = [
                'store_id' => $id,
                'website_id' => (int) $store->getWebsiteId(),
                'code' => (string) $store->getCode(),
                'name' => (string) $store->getName(),
                'timezone' => $this->timeZone->ofStore($id),
            ];
        }
        ksort($stores);

        return $stores;
    }

    /**
     * Currencies that shoppers can choose in at least one store view.
     *
     * @return string[]
     */
    private function currencies(): array
    {
        $currencies = [];
        foreach (array_keys($this->stores()) as $storeId) {
            $allowed = $this->scopeConfig->getValue(self::CURRENCIES, ScopeInterface::SCOPE_STORE, $storeId);
            foreach (array_filter(array_map('trim', explode(',', (string) $allowed)), 'strlen') as $currency) {
                $currencies[$currency] = $currency;
            }
        }

        return $currencies;
    }

    /**
     * @param array<int|string, mixed> $list
     * @return array<int, mixed>
     */
    private function cut(array $list): array
    {
        return array_slice(array_values($list), 0, self::MOST_ENTRIES);
    }
}
