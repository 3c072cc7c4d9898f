<?php

declare(strict_types=1);

namespace Magento\Backend\Model;

/**
 * Stands in for the admin's addresses.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
interface UrlInterface
{
    public function getUrl($routePath = null, $routeParams = null);
}
