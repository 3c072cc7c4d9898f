<?php

declare(strict_types=1);

namespace Magento\Framework\App;

/**
 * Stands in for what Magento's env.php says.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
class DeploymentConfig
{
    /**
     * @param array<string, mixed> $values by path
     */
    public function __construct(private readonly array $values = [])
    {
    }

    public function get($key = null, $defaultValue = null)
    {
        return $this->values[$key] ?? $defaultValue;
    }
}
