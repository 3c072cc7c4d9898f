<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\Model\Connection\SiteInterface;

/**
 * A shop at an address and with a database that the test chooses.
 */
class FakeSite implements SiteInterface
{
    public function __construct(
        public string $baseUrl = 'https://shop.example',
        public string $database = 'db.example/magento'
    ) {
    }

    public function baseUrl(): string
    {
        return $this->baseUrl;
    }

    public function database(): string
    {
        return $this->database;
    }
}
