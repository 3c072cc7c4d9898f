<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Magento\Catalog\Model\ResourceModel\Product;
use Magento\Framework\DB\Adapter\DeadlockException;

/**
 * Captures changes that save no product model: mass updates, imports, stock of sources.
 */
class ProductCapture
{
    private const GLOBAL_STORE_ID = 0;

    public function __construct(
        private readonly SafeCapture $capture,
        private readonly Product $products
    ) {
    }

    /**
     * @param array<int|string> $productIds
     * @throws DeadlockException
     */
    public function ids(array $productIds): void
    {
        $this->capture->capture(fn (): array => $this->requests($productIds));
    }

    /**
     * @param array<int|string> $skus
     * @throws DeadlockException
     */
    public function skus(array $skus): void
    {
        $this->capture->capture(
            fn (): array => $this->requests($this->products->getProductsIdsBySkus(array_unique($skus)))
        );
    }

    /**
     * @param array<int|string> $productIds
     * @return CaptureRequest[]
     */
    private function requests(array $productIds): array
    {
        return array_map(
            static fn (int $id): CaptureRequest => new CaptureRequest(
                EventName::ProductUpserted,
                $id,
                self::GLOBAL_STORE_ID
            ),
            array_values(array_unique(array_map('intval', $productIds)))
        );
    }
}
