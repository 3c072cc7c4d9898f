<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Plugin;

use Byte8\SageAccounting\Model\Outbox\ProductCapture;

/**
 * Captures products whose quantity at a source of multi-source inventory was written.
 *
 * That part of Magento may be absent, so none of its types is named here. etc/di.xml names them; a plugin on a type
 * that is never created does nothing.
 */
class CaptureSourceItems
{
    public function __construct(private readonly ProductCapture $capture)
    {
    }

    /**
     * @param mixed $result
     * @param array<int, mixed> $sourceItems source items, or arrays that hold one
     * @return mixed
     * @SuppressWarnings(PHPMD.UnusedFormalParameter)
     */
    public function afterExecute(object $subject, $result, array $sourceItems)
    {
        $skus = [];
        foreach ($sourceItems as $item) {
            $item = is_array($item) ? ($item['source_item'] ?? null) : $item;
            if (is_object($item)) {
                $skus[] = (string) $item->getSku();
            }
        }
        $this->capture->skus($skus);

        return $result;
    }
}
