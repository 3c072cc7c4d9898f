<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\Model\Clock;

/**
 * A clock that stands still until a test moves it.
 */
class FixedClock extends Clock
{
    public \DateTimeImmutable $now;

    public function __construct(string $now = '2026-11-21T12:00:00Z')
    {
        $this->now = new \DateTimeImmutable($now);
    }

    public function now(): \DateTimeImmutable
    {
        return $this->now;
    }
}
