<?php

declare(strict_types=1);

namespace Magento\Backend\App\Area;

/**
 * Stands in for the first part of the admin's path.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
class FrontNameResolver
{
    public function __construct(private readonly string $frontName = 'admin')
    {
    }

    public function getFrontName($checkHost = false)
    {
        return $this->frontName;
    }
}
