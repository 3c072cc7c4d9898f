<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Byte8\SageAccounting\Model\Canonical\Magento\StoreTimeZone;

/**
 * Turns a day from the command line into UTC as the database holds it. Days are in the shop's time zone.
 */
class DateOption
{
    public function __construct(private readonly StoreTimeZone $timeZone)
    {
    }

    public function beginning(?string $day): ?string
    {
        return $day === null ? null : $this->instant($day, '');
    }

    /**
     * The end of a day that is itself included.
     */
    public function end(?string $day): ?string
    {
        return $day === null ? null : $this->instant($day, '+1 day');
    }

    private function instant(string $day, string $shift): string
    {
        $zone = new \DateTimeZone($this->timeZone->ofInstallation());
        $instant = \DateTimeImmutable::createFromFormat('!Y-m-d', $day, $zone);
        if ($instant === false || $instant->format('Y-m-d') !== $day) {
            throw new \InvalidArgumentException(sprintf('"%s" is not a date. Use the form 2026-11-30.', $day));
        }
        if ($shift !== '') {
            $instant = $instant->modify($shift);
        }

        return $instant->setTimezone(new \DateTimeZone('UTC'))->format('Y-m-d H:i:s');
    }
}
