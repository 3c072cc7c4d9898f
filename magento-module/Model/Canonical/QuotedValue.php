<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical;

/**
 * Shows a value in a message: what kind it is, and its content on one short line.
 *
 * Only for people to read; long texts are cut.
 */
class QuotedValue
{
    private const MAXIMUM_CHARACTERS = 60;

    private const FLAGS = JSON_INVALID_UTF8_SUBSTITUTE | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES;

    /**
     * A text in quotes, without line feeds and other control characters.
     */
    public static function ofText(string $text): string
    {
        $isLong = preg_match('/^.{' . self::MAXIMUM_CHARACTERS . '}(?=.)/us', $text, $beginning) === 1;

        return json_encode($isLong ? $beginning[0] . '…' : $text, self::FLAGS);
    }

    public static function ofNumber(int|float $number): string
    {
        return json_encode($number, JSON_PRESERVE_ZERO_FRACTION | JSON_PARTIAL_OUTPUT_ON_ERROR)
            . (is_finite($number) ? '' : ' (beyond what a number can hold)');
    }

    /**
     * The value with its kind, such as `the string "x"` or `a list`.
     */
    public static function withKind(mixed $value): string
    {
        return match (true) {
            is_array($value) => array_is_list($value) ? 'a list' : 'an object',
            is_object($value) => 'an object',
            is_string($value) => 'the string ' . self::ofText($value),
            is_int($value), is_float($value) => 'the number ' . self::ofNumber($value),
            default => (string) json_encode($value),
        };
    }
}
