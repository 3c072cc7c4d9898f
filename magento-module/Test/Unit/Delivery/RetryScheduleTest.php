<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Delivery;

use Byte8\SageAccounting\Model\Delivery\RetrySchedule;
use PHPUnit\Framework\TestCase;

/**
 * The schedule as documented in the module's README.
 */
class RetryScheduleTest extends TestCase
{
    public function testDelaysDoubleUpToSixHoursAndEndAfterSevenDays(): void
    {
        $delays = [];
        for ($attempt = 1; ($seconds = (new RetrySchedule())->secondsUntilNext($attempt, 0, 0)) !== null; $attempt++) {
            $delays[] = $seconds;
        }

        self::assertSame([60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 21600, 21600], array_slice($delays, 0, 11));
        self::assertSame(21600, max($delays));
        self::assertCount(RetrySchedule::ATTEMPTS - 1, $delays);
        self::assertEqualsWithDelta(7 * 86400, array_sum($delays), 43200);
    }

    public function testRetryAfterCanOnlyPostpone(): void
    {
        $schedule = new RetrySchedule();

        self::assertSame(300, $schedule->secondsUntilNext(1, 300, 0));
        self::assertSame(60, $schedule->secondsUntilNext(1, 5, 0));
        self::assertSame(86400, $schedule->secondsUntilNext(1, 10_000_000, 0));
    }

    public function testJitterAddsAtMostATenth(): void
    {
        self::assertSame(66, (new RetrySchedule())->secondsUntilNext(1, 0, 1000));
        self::assertSame(63, (new RetrySchedule())->secondsUntilNext(1, 0, 500));
    }
}
