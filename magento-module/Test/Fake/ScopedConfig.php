<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Magento\Framework\App\Config\ScopeConfigInterface;

/**
 * Configuration in an array, by path and then by id of a store view; '' is the default scope.
 */
class ScopedConfig implements ScopeConfigInterface
{
    /**
     * @param array<string, array<int|string, mixed>> $values
     */
    public function __construct(public array $values = [])
    {
    }

    public function getValue($path, $scopeType = 'default', $scopeCode = null)
    {
        $values = $this->values[$path] ?? [];

        return $values[$scopeType === 'store' ? (int) $scopeCode : ''] ?? $values[''] ?? null;
    }

    public function isSetFlag($path, $scopeType = 'default', $scopeCode = null)
    {
        return (bool) $this->getValue($path, $scopeType, $scopeCode);
    }
}
