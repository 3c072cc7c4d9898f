<?php

declare(strict_types=1);

namespace Magento\Framework\Model;

use Magento\Framework\DataObject;

/**
 * Stands in for Magento's model, which remembers the values it was loaded with.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
class AbstractModel extends DataObject
{
    public function __construct(array $data = [], private readonly array $loaded = [])
    {
        parent::__construct($data);
    }

    public function getOrigData(?string $key = null): mixed
    {
        return $key === null ? $this->loaded : ($this->loaded[$key] ?? null);
    }
}
