<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Recorded;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;

/**
 * Reads a text that must be one JSON object, with a clear message if it is not.
 */
class JsonObjectText
{
    private const BYTE_ORDER_MARK = "\xEF\xBB\xBF";

    /**
     * The text without a byte order mark, which is not part of JSON.
     */
    public static function withoutByteOrderMark(string $text): string
    {
        return str_starts_with($text, self::BYTE_ORDER_MARK) ? substr($text, strlen(self::BYTE_ORDER_MARK)) : $text;
    }

    /**
     * @return array<string, mixed>
     * @throws CanonicalDataException when the text is not one JSON object
     */
    public static function decode(string $text): array
    {
        if (trim($text) === '') {
            throw new CanonicalDataException('', 'empty, expected a JSON object');
        }
        if (!self::isValidUtf8($text)) {
            throw new CanonicalDataException('', sprintf(
                'invalid UTF-8 at byte %d, expected JSON text',
                self::firstInvalidByte($text)
            ));
        }
        try {
            $document = json_decode($text, true, 512, JSON_THROW_ON_ERROR);
        } catch (\JsonException $exception) {
            throw new CanonicalDataException('', 'broken JSON: ' . $exception->getMessage(), $exception);
        }
        // Once decoded, an empty object and an empty list look the same.
        if (!is_array($document) || ltrim($text)[0] !== '{') {
            throw new CanonicalDataException('', 'not a JSON object');
        }

        return $document;
    }

    private static function isValidUtf8(string $text): bool
    {
        return preg_match('//u', $text) === 1;
    }

    /**
     * The position of the first invalid byte, counted from 1; found by bisection, because long texts are slow to scan.
     */
    private static function firstInvalidByte(string $text): int
    {
        $valid = 0;
        $invalid = strlen($text);
        while ($invalid - $valid > 1) {
            $middle = intdiv($valid + $invalid, 2);
            if (self::longestValidBeginning($text, $middle) === null) {
                $invalid = $middle;
            } else {
                $valid = $middle;
            }
        }

        return (self::longestValidBeginning($text, $valid) ?? 0) + 1;
    }

    /**
     * Length of the valid prefix that ends at a position or, because it may cut a character, up to three bytes before.
     */
    private static function longestValidBeginning(string $text, int $place): ?int
    {
        for ($length = $place; $length >= max(0, $place - 3); $length--) {
            if (self::isValidUtf8(substr($text, 0, $length))) {
                return $length;
            }
        }

        return null;
    }
}
