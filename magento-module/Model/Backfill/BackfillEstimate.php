<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Backfill;

/**
 * How long a backfill takes at the pace with which the relay calls Sage for one business.
 *
 * Sage publishes no limit for a business. These are the relay's own defaults; an operator may set others.
 */
class BackfillEstimate
{
    public const CALLS_PER_MINUTE = 90;
    /** Of 2,400 calls a day, the relay keeps two fifths for what happens today. */
    public const CALLS_PER_DAY = 1440;

    /** At most: an invoice needs its contact, itself and its payment. */
    private const CALLS = ['invoice' => 3, 'creditmemo' => 2, 'order' => 2, 'customer' => 1, 'product' => 1];

    /**
     * @param array<string, int> $records number of records by kind
     */
    public function calls(array $records): int
    {
        $calls = 0;
        foreach ($records as $type => $number) {
            $calls += $number * self::CALLS[$type];
        }

        return $calls;
    }

    /**
     * @param array<string, int> $records number of records by kind
     */
    public function duration(array $records): string
    {
        $calls = $this->calls($records);
        if ($calls > self::CALLS_PER_DAY) {
            return (string) __('about %1 days', intdiv($calls - 1, self::CALLS_PER_DAY) + 1);
        }
        $minutes = intdiv($calls + self::CALLS_PER_MINUTE - 1, self::CALLS_PER_MINUTE);

        return (string) ($minutes < 2 ? __('about a minute') : __('about %1 minutes', $minutes));
    }
}
