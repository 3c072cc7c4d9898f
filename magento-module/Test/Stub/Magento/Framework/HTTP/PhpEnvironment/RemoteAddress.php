<?php

declare(strict_types=1);

namespace Magento\Framework\HTTP\PhpEnvironment;

/**
 * Stands in for the address a request came from.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
class RemoteAddress
{
    public function getRemoteAddress()
    {
        return '203.0.113.7';
    }
}
