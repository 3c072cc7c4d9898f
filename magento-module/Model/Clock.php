<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model;

/**
 * Returns the current time; tests replace it.
 */
class Clock
{
    public function now(): \DateTimeImmutable
    {
        return new \DateTimeImmutable('now', new \DateTimeZone('UTC'));
    }
}
