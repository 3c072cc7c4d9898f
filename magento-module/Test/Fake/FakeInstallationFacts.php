<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\Model\Installation\InstallationFactsInterface;

/**
 * An installation that a test can move.
 */
class FakeInstallationFacts implements InstallationFactsInterface
{
    public function __construct(
        public string $baseUrl = 'https://shop.example/',
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
