<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Status\UtcText;
use Magento\Framework\Locale\CurrencyInterface;
use Magento\Framework\Stdlib\DateTime\TimezoneInterface;

/**
 * Times and amounts as Magento's own pages write them: in the language of the administrator and the shop's time zone.
 */
class DisplayFormat
{
    /** The styles of PHP's IntlDateFormatter, whose constants need its extension. */
    private const NONE = -1;
    private const MEDIUM = 2;
    private const SHORT = 3;

    private const DECIMAL = '/^-?[0-9]+(\.[0-9]+)?$/D';

    public function __construct(
        private readonly TimezoneInterface $timezone,
        private readonly CurrencyInterface $currencies
    ) {
    }

    /**
     * @param ?string $text ISO 8601, or UTC as in the database
     * @return string '' if the text is not a time
     */
    public function time(?string $text): string
    {
        $instant = UtcText::instant($text);

        return $instant === null
            ? ''
            : (string) $this->timezone->formatDateTime(
                $instant,
                self::MEDIUM,
                self::SHORT,
                null,
                $this->timezone->getConfigTimezone()
            );
    }

    /**
     * @param string $day such as 2026-11-29
     */
    public function day(string $day): string
    {
        $instant = UtcText::instant($day . ' 00:00:00');

        return $instant === null
            ? $day
            : (string) $this->timezone->formatDateTime($instant, self::MEDIUM, self::NONE, null, 'UTC');
    }

    /**
     * A day as it is typed into a field.
     *
     * @param string $day such as 2026-11-29
     */
    public function typedDay(string $day): string
    {
        $instant = UtcText::instant($day . ' 00:00:00');

        return $instant === null ? $day : (string) $this->timezone->formatDateTime(
            $instant,
            self::SHORT,
            self::NONE,
            null,
            'UTC',
            $this->dayPattern()
        );
    }

    /**
     * How days are typed, such as M/d/y.
     */
    public function dayPattern(): string
    {
        return (string) $this->timezone->getDateFormatWithLongYear();
    }

    /**
     * @param string $currency '' where it is unknown
     */
    public function amount(string $decimal, string $currency): string
    {
        if ($currency === '' || preg_match(self::DECIMAL, $decimal) !== 1) {
            return AmountText::of($decimal);
        }

        return (string) $this->currencies->getCurrency($currency)->toCurrency($decimal);
    }
}
