<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopReport;

use Byte8\SageAccounting\Model\Clock;
use Magento\Payment\Api\PaymentMethodListInterface;
use Magento\Store\Model\StoreManagerInterface;

/**
 * The payment methods of the shop: those Magento lists, and those that an order of the last year was paid with.
 */
class PaymentMethods
{
    private const DAYS = 365;

    public function __construct(
        private readonly PaymentMethodListInterface $methods,
        private readonly StoreManagerInterface $storeManager,
        private readonly ProfileRows $rows,
        private readonly Clock $clock
    ) {
    }

    /**
     * The methods that are active in a store view, or that an order of the last year was paid with.
     *
     * @return array<int, array{code: string, title: string, is_active: bool}> by code, each once
     */
    public function all(): array
    {
        $found = array_filter($this->listed(), static fn (array $method): bool => $method['is_active']);
        foreach ($this->rows->usedPaymentMethods($this->clock->now()->modify('-' . self::DAYS . ' days')) as $used) {
            $found[$used['code']] ??= $this->row($used['code'], $used['title'], false);
        }
        ksort($found, SORT_STRING);

        return array_values($found);
    }

    /**
     * All methods that Magento knows, with whether a store view offers them.
     *
     * @return array<int|string, array{code: string, title: string, is_active: bool}> by code
     */
    public function listed(): array
    {
        $found = [];
        foreach ($this->storeManager->getStores() as $store) {
            foreach ($this->methods->getList((int) $store->getId()) as $method) {
                $code = (string) $method->getCode();
                $isActive = (bool) $method->getIsActive();
                if (!isset($found[$code]) || $isActive) {
                    $found[$code] = $this->row($code, (string) $method->getTitle(), $isActive);
                }
            }
        }
        ksort($found, SORT_STRING);

        return $found;
    }

    /**
     * @return array{code: string, title: string, is_active: bool}
     */
    private function row(string $code, string $title, bool $isActive): array
    {
        return ['code' => $code, 'title' => trim($title) === '' ? $code : $title, 'is_active' => $isActive];
    }
}
