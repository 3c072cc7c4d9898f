<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model;

/**
 * Tells the time, so that tests can choose it.
 */
class Clock
{
    public function now(): \DateTimeImmutable
    {
        return new \DateTimeImmutable('now', new \DateTimeZone('UTC'));
    }
}
