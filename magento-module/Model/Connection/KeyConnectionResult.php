<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Connection;

/**
 * What became of connecting with a key, as a person reads it.
 */
class KeyConnectionResult
{
    /**
     * @param string[] $lines
     */
    public function __construct(public readonly bool $isConnected, public readonly array $lines)
    {
    }
}
