<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopTotals;

/**
 * Days of one report, at most 31, in the time zone of the shop's default scope.
 */
class TotalsRange
{
    public const MOST_DAYS = 31;

    private function __construct(
        public readonly string $from,
        public readonly string $to,
        public readonly \DateTimeZone $zone
    ) {
    }

    /**
     * @throws \InvalidArgumentException when the days are none, or the wrong way round
     */
    public static function of(string $from, string $to, \DateTimeZone $zone): self
    {
        foreach ([$from, $to] as $day) {
            $instant = \DateTimeImmutable::createFromFormat('!Y-m-d', $day, $zone);
            if ($instant === false || $instant->format('Y-m-d') !== $day) {
                throw new \InvalidArgumentException(sprintf('"%s" is not a date. Use the form 2026-11-30.', $day));
            }
        }
        if ($from > $to) {
            throw new \InvalidArgumentException('The first day must not be after the last one.');
        }

        return new self($from, $to, $zone);
    }

    /**
     * The same days in ranges that fit into one report each.
     *
     * @return self[]
     */
    public function parts(): array
    {
        $parts = [];
        $from = new \DateTimeImmutable($this->from);
        $end = new \DateTimeImmutable($this->to);
        while ($from <= $end) {
            $to = min($end, $from->modify('+' . (self::MOST_DAYS - 1) . ' days'));
            $parts[] = new self($from->format('Y-m-d'), $to->format('Y-m-d'), $this->zone);
            $from = $to->modify('+1 day');
        }

        return $parts;
    }

    /**
     * The same days in two ranges; none for a single day.
     *
     * @return self[]
     */
    public function halves(): array
    {
        $from = new \DateTimeImmutable($this->from);
        $days = (int) $from->diff(new \DateTimeImmutable($this->to))->days;
        if ($days === 0) {
            return [];
        }
        $middle = $from->modify('+' . intdiv($days, 2) . ' days');

        return [
            new self($this->from, $middle->format('Y-m-d'), $this->zone),
            new self($middle->modify('+1 day')->format('Y-m-d'), $this->to, $this->zone),
        ];
    }

    public function fitsInOneReport(): bool
    {
        return count($this->parts()) === 1;
    }

    /**
     * The first instant, in UTC as in the database.
     */
    public function beginning(): string
    {
        return $this->utc($this->from, '');
    }

    /**
     * The end, itself not included, in UTC as in the database.
     */
    public function end(): string
    {
        return $this->utc($this->to, '+1 day');
    }

    /**
     * The shop's day of an instant in UTC as in the database.
     */
    public function dayOf(string $instant): string
    {
        return (new \DateTimeImmutable($instant, new \DateTimeZone('UTC')))->setTimezone($this->zone)->format('Y-m-d');
    }

    public function has(string $day): bool
    {
        return $day >= $this->from && $day <= $this->to;
    }

    private function utc(string $day, string $shift): string
    {
        $instant = new \DateTimeImmutable($day . ' 00:00:00', $this->zone);
        if ($shift !== '') {
            $instant = $instant->modify($shift);
        }

        return $instant->setTimezone(new \DateTimeZone('UTC'))->format('Y-m-d H:i:s');
    }
}
