<?php

declare(strict_types=1);

namespace Magento\Framework;

/**
 * Stands in for Magento's decision on permissions.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
class Authorization
{
}
