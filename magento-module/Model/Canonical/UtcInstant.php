<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical;

use Byte8\SageAccounting\Model\Canonical\Source\Row;

/**
 * One instant as a column of the database holds it, in UTC, and the day it falls on in a store's time zone.
 *
 * The core has no clock and no time zones, so local dates are worked out here. Never repairs a broken date.
 */
class UtcInstant
{
    private const DATABASE_FORMAT = 'Y-m-d H:i:s';

    private function __construct(
        private readonly \DateTimeImmutable $instant,
        private readonly string $location
    ) {
    }

    /**
     * @throws CanonicalDataException when the column holds no date and time
     */
    public static function ofColumn(Row $row, string $column): self
    {
        $text = $row->text($column) ?? '';
        // PHP refuses a text with a NUL in it by an error of its own.
        $instant = str_contains($text, "\0") ? false : \DateTimeImmutable::createFromFormat(
            '!' . self::DATABASE_FORMAT,
            $text,
            new \DateTimeZone('UTC')
        );
        if ($instant === false || $instant->format(self::DATABASE_FORMAT) !== $text) {
            throw $row->problem($column, sprintf(
                'expected a UTC date and time such as "2026-11-21 18:21:49", found %s',
                QuotedValue::ofText($text)
            ));
        }

        return new self($instant, $row->location);
    }

    public function inUtc(): string
    {
        return $this->instant->format('Y-m-d\TH:i:s\Z');
    }

    /**
     * @throws CanonicalDataException when there is no such time zone
     */
    public function localDate(string $timeZone): string
    {
        try {
            $zone = new \DateTimeZone($timeZone);
        } catch (\Exception | \ValueError $exception) {
            throw new CanonicalDataException(
                $this->location,
                sprintf('the store\'s time zone %s is unknown', QuotedValue::ofText($timeZone)),
                $exception
            );
        }

        return $this->instant->setTimezone($zone)->format('Y-m-d');
    }
}
