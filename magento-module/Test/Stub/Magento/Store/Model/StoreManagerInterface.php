<?php

declare(strict_types=1);

namespace Magento\Store\Model;

/**
 * Stands in for Magento's list of stores.
 */
interface StoreManagerInterface
{
    public function getStore($storeId = null);

    public function getStores($withDefault = false, $codeKey = false);

    public function getWebsites($withDefault = false, $codeKey = false);

    public function getDefaultStoreView();
}
