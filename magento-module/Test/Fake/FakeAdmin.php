<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Magento\Backend\Model\UrlInterface;
use Magento\Framework\App\RequestInterface;
use Magento\Framework\AuthorizationInterface;

/**
 * An admin user's request: parameters, permissions and URLs.
 */
class FakeAdmin implements UrlInterface, RequestInterface, AuthorizationInterface
{
    /**
     * @param array<string, mixed> $parameters
     * @param string[] $denied permissions the user has not
     */
    public function __construct(public array $parameters = [], public array $denied = [])
    {
    }

    public function getUrl($routePath = null, $routeParams = null)
    {
        return 'https://shop.example/admin/' . $routePath . '?' . http_build_query($routeParams ?? []);
    }

    public function getParam($key, $defaultValue = null)
    {
        return $this->parameters[$key] ?? $defaultValue;
    }

    public function isAllowed($resource, $privilege = null)
    {
        return !in_array($resource, $this->denied, true);
    }
}
