<?php

declare(strict_types=1);

namespace Magento\Framework;

/**
 * Stands in for the admin's permissions.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
interface AuthorizationInterface
{
    public function isAllowed($resource, $privilege = null);
}
