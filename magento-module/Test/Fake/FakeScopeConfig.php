<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Magento\Framework\App\Config\ScopeConfigInterface;

/**
 * Configuration in an array, by path.
 */
class FakeScopeConfig implements ScopeConfigInterface
{
    /**
     * @param array<string, mixed> $values
     */
    public function __construct(public array $values = [])
    {
    }

    public function getValue($path, $scopeType = 'default', $scopeCode = null)
    {
        return $this->values[$path] ?? null;
    }

    public function isSetFlag($path, $scopeType = 'default', $scopeCode = null)
    {
        return (bool) ($this->values[$path] ?? false);
    }
}
