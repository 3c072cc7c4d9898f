<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

/**
 * Times as screens show them: to the minute, in UTC.
 */
class UtcText
{
    private const FORMAT = 'Y-m-d H:i';

    public static function of(\DateTimeInterface $instant): string
    {
        return \DateTimeImmutable::createFromInterface($instant)
            ->setTimezone(new \DateTimeZone('UTC'))
            ->format(self::FORMAT);
    }

    /**
     * @param ?string $text ISO 8601, or UTC as in the database
     * @return ?\DateTimeImmutable null if the text is not a time
     */
    public static function instant(?string $text): ?\DateTimeImmutable
    {
        if ($text === null || preg_match('/^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:/', $text) !== 1) {
            return null;
        }
        try {
            return new \DateTimeImmutable($text, new \DateTimeZone('UTC'));
        } catch (\Exception) {
            return null;
        }
    }
}
