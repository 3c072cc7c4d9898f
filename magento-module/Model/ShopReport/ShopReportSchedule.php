<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopReport;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Installation\Installation;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;

/**
 * When the shop tells the relay of itself next: the profile and the totals at once after pairing and then once a day,
 * the dry run once after pairing.
 *
 * The minute of the day differs from shop to shop, so that a relay does not get all profiles at once.
 */
class ShopReportSchedule
{
    public const PROFILE = 'profile';
    public const DRY_RUN = 'dry_run';
    public const TOTALS = 'totals';

    private const DAILY = [self::PROFILE, self::TOTALS];

    private const MINUTES_OF_DAY = 1440;

    /** The next turn of the day is at least this far away. */
    private const LEAST_HOURS = 12;

    /** Shorter than the time after which a passing problem becomes an alarm. */
    private const SOON_MINUTES = 4;
    private const LATER_MINUTES = 60;

    /** A time further ahead was stored before the clock was set back. */
    private const MOST_DAYS = 2;

    public function __construct(
        private readonly KeyValueStoreInterface $values,
        private readonly Installation $installation,
        private readonly Clock $clock
    ) {
    }

    /**
     * All are due: the shop was paired.
     */
    public function startOver(): void
    {
        foreach ([...self::DAILY, self::DRY_RUN] as $report) {
            $this->set($report, $this->clock->now());
        }
    }

    public function isDue(string $report): bool
    {
        $stored = $this->values->get($this->name($report));
        if ($stored === null) {
            // A shop that an earlier version paired has told nothing yet.
            return in_array($report, self::DAILY, true);
        }
        $due = (int) strtotime($stored);
        $now = $this->clock->now();

        return $due <= $now->getTimestamp() || $due > $now->modify('+' . self::MOST_DAYS . ' days')->getTimestamp();
    }

    public function done(string $report): void
    {
        if (in_array($report, self::DAILY, true)) {
            $this->set($report, $this->nextDay());
        } else {
            $this->values->remove($this->name($report));
        }
    }

    /**
     * Tries again at this shop's minute of the next day.
     */
    public function tomorrow(string $report): void
    {
        $this->postpone($report, $this->nextDay());
    }

    /**
     * @param bool $isSoon whether the same may succeed in a few minutes
     */
    public function retry(string $report, bool $isSoon): void
    {
        $minutes = $isSoon ? self::SOON_MINUTES : self::LATER_MINUTES;
        $this->postpone($report, $this->clock->now()->modify('+' . $minutes . ' minutes'));
    }

    private function nextDay(): \DateTimeImmutable
    {
        $now = $this->clock->now();
        $minute = hexdec(substr(hash('sha256', (string) $this->installation->id()), 0, 6)) % self::MINUTES_OF_DAY;
        $next = $now->setTime(0, 0)->modify('+' . $minute . ' minutes');
        while ($next < $now->modify('+' . self::LEAST_HOURS . ' hours')) {
            $next = $next->modify('+1 day');
        }

        return $next;
    }

    /**
     * The dry run takes long and goes the same way, so it waits with the profile. A dry run that a person asked for is
     * not repeated without being asked.
     */
    private function postpone(string $report, \DateTimeImmutable $until): void
    {
        if (in_array($report, self::DAILY, true)) {
            $this->set($report, $until);
        }
        if ($report !== self::TOTALS && $this->values->get($this->name(self::DRY_RUN)) !== null) {
            $this->set(self::DRY_RUN, $until);
        }
    }

    private function set(string $report, \DateTimeImmutable $due): void
    {
        $this->values->set($this->name($report), $due->format(\DATE_ATOM));
    }

    private function name(string $report): string
    {
        return 'shop_report.' . $report . '_at';
    }
}
