<?php

declare(strict_types=1);

namespace Magento\Store\Api\Data;

/**
 * Stands in for a website of Magento's.
 */
interface WebsiteInterface
{
    public function getId();

    public function getCode();

    public function getName();
}
