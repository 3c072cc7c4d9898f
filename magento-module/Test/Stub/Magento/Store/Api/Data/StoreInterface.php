<?php

declare(strict_types=1);

namespace Magento\Store\Api\Data;

/**
 * Stands in for a store of Magento's.
 */
interface StoreInterface
{
    public function getId();

    public function getWebsiteId();

    public function getCode();

    public function getName();
}
