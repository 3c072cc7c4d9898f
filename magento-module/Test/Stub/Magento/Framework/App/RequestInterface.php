<?php

declare(strict_types=1);

namespace Magento\Framework\App;

/**
 * Stands in for what the browser asked.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
interface RequestInterface
{
    public function getParam($key, $defaultValue = null);
}
