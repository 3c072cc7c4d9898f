<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\ViewModel\DayField;
use Byte8\SageAccounting\ViewModel\DisplayFormat;
use Byte8\SageAccounting\ViewModel\ExplanationView;
use Magento\Framework\Escaper;
use Magento\Framework\Locale\CurrencyInterface;
use Magento\Framework\Stdlib\DateTime\TimezoneInterface;

/**
 * A shop in London whose administrator reads English: 21 Nov 2026, 12:00 and £35.99.
 */
class FakeLocale implements TimezoneInterface, CurrencyInterface
{
    private const SIGNS = ['GBP' => '£', 'EUR' => '€'];
    private const NO_TIME = -1;

    public static function format(): DisplayFormat
    {
        $locale = new self();

        return new DisplayFormat($locale, $locale);
    }

    public static function explanation(): ExplanationView
    {
        return new ExplanationView(new Escaper(), self::format());
    }

    public static function dayField(): DayField
    {
        return new DayField(new Escaper(), self::format());
    }

    public function getDateFormatWithLongYear()
    {
        return 'dd/MM/y';
    }

    public function getConfigTimezone($scopeType = null, $scopeCode = null)
    {
        return 'Europe/London';
    }

    public function formatDateTime(
        $date,
        $dateType = 3,
        $timeType = 3,
        $locale = null,
        $timezone = null,
        $pattern = null
    ) {
        return \DateTimeImmutable::createFromInterface($date)
            ->setTimezone(new \DateTimeZone($timezone ?? 'UTC'))
            ->format(match (true) {
                $pattern !== null => 'd/m/Y',
                $timeType === self::NO_TIME => 'j M Y',
                default => 'j M Y, H:i',
            });
    }

    public function getCurrency($currency)
    {
        $sign = self::SIGNS[$currency] ?? $currency . ' ';

        return new class ($sign) {
            public function __construct(private readonly string $sign)
            {
            }

            public function toCurrency(string $decimal): string
            {
                return $this->sign . number_format((float) $decimal, 2);
            }
        };
    }
}
