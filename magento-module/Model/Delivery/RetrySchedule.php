<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Delivery;

/**
 * When a failed delivery is retried, as a pure function.
 *
 * The delay doubles from one minute up to six hours. After 36 attempts, which take seven days, only a person can
 * requeue the event. The relay's Retry-After can only postpone: a wrong header must never cost a delivery.
 */
class RetrySchedule
{
    public const ATTEMPTS = 36;

    private const FIRST_SECONDS = 60;
    private const LONGEST_SECONDS = 6 * 3600;

    /** The longest accepted Retry-After, so that a wrong header cannot stop a shop; longer than any delay. */
    public const LONGEST_WAIT = 24 * 3600;

    /** Part of the delay that is random, so that events are not all retried at once. */
    private const JITTER_DIVISOR = 10;

    /**
     * @param int $attempts deliveries begun so far, at least 1
     * @param int $retryAfter seconds the relay asked for, 0 for none
     * @param int $jitter 0 to 1000
     * @return ?int seconds to wait, or null when the event is dead-lettered
     */
    public function secondsUntilNext(int $attempts, int $retryAfter, int $jitter): ?int
    {
        if ($attempts >= self::ATTEMPTS) {
            return null;
        }
        $doublings = min($attempts - 1, 20);
        $seconds = min(self::FIRST_SECONDS << max(0, $doublings), self::LONGEST_SECONDS);
        $seconds += intdiv(intdiv($seconds, self::JITTER_DIVISOR) * $jitter, 1000);

        return max($seconds, min($retryAfter, self::LONGEST_WAIT));
    }
}
