<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Plugin;

use Byte8\SageAccounting\Model\Outbox\ProductCapture;
use Magento\Catalog\Model\Product\Action;

/**
 * Captures products after a mass update of attributes, which saves no product model.
 */
class CaptureMassUpdate
{
    public function __construct(private readonly ProductCapture $capture)
    {
    }

    /**
     * @param Action $result
     * @param int[] $productIds
     * @return Action
     * @SuppressWarnings(PHPMD.UnusedFormalParameter)
     */
    public function afterUpdateAttributes(Action $subject, $result, $productIds)
    {
        $this->capture->ids((array) $productIds);

        return $result;
    }
}
