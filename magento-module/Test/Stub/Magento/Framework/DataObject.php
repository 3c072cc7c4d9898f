<?php

declare(strict_types=1);

namespace Magento\Framework;

/**
 * Stands in for Magento's bag of values.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
class DataObject
{
    public function __construct(protected array $data = [])
    {
    }

    public function getData(string $key = ''): mixed
    {
        return $key === '' ? $this->data : ($this->data[$key] ?? null);
    }
}
