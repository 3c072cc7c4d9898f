<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Observer;

use Byte8\SageAccounting\Model\Outbox\ProductCapture;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;

/**
 * Captures the products of an imported batch of rows.
 */
class CaptureImportedProducts implements ObserverInterface
{
    private const SKU = 'sku';

    public function __construct(private readonly ProductCapture $capture)
    {
    }

    public function execute(Observer $observer): void
    {
        $bunch = $observer->getData('bunch');
        $this->capture->skus(array_filter(array_column(is_array($bunch) ? $bunch : [], self::SKU)));
    }
}
