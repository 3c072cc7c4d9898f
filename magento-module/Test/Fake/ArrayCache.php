<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Magento\Framework\App\CacheInterface;

/**
 * Magento's cache in an array.
 */
class ArrayCache implements CacheInterface
{
    /** @var array<string, string> */
    public array $values = [];

    public function load($identifier)
    {
        return $this->values[$identifier] ?? false;
    }

    public function save($data, $identifier, $tags = [], $lifeTime = null)
    {
        $this->values[$identifier] = $data;

        return true;
    }

    public function remove($identifier)
    {
        unset($this->values[$identifier]);

        return true;
    }
}
