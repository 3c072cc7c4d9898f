<?php

declare(strict_types=1);

namespace Magento\Framework\Webapi\Rest;

/**
 * Stands in for a request to Magento's REST interface.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
class Request
{
    /**
     * @param array<string, string> $headers
     */
    public function __construct(private readonly array $headers = [], private readonly string $content = '')
    {
    }

    public function isSecure()
    {
        return true;
    }

    public function getHeader($name, $default = false)
    {
        return $this->headers[$name] ?? $default;
    }

    public function getContent()
    {
        return $this->content;
    }
}
