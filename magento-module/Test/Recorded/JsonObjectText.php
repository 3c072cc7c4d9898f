<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Recorded;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;

/**
 * Reads a text that must be one JSON object, and says plainly why it is none.
 */
class JsonObjectText
{
    private const BYTE_ORDER_MARK = "\xEF\xBB\xBF";

    /**
     * The text without the mark some editors put in front, which is no part of JSON.
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
            throw new CanonicalDataException('', sprintf('invalid UTF-8 at byte %d', self::firstInvalidByte($text)));
        }
        try {
            $document = json_decode($text, false, 512, JSON_THROW_ON_ERROR);
        } catch (\JsonException $exception) {
            throw new CanonicalDataException('', 'broken JSON: ' . $exception->getMessage(), $exception);
        }
        if (!$document instanceof \stdClass) {
            throw new CanonicalDataException('', 'not a JSON object');
        }

        return json_decode($text, true, 512, JSON_THROW_ON_ERROR);
    }

    private static function isValidUtf8(string $text): bool
    {
        return preg_match('//u', $text) === 1;
    }

    /**
     * Finds the place by halving, because a long text is slow to walk through.
     */
    private static function firstInvalidByte(string $text): int
    {
        $valid = 0;
        $invalid = strlen($text);
        while ($invalid - $valid > 1) {
            $middle = intdiv($valid + $invalid, 2);
            if (self::isValidBeginning(substr($text, 0, $middle))) {
                $valid = $middle;
            } else {
                $invalid = $middle;
            }
        }

        return $valid;
    }

    /**
     * A beginning cut off inside a character is not damaged, so up to three bytes at its end may be unfinished.
     */
    private static function isValidBeginning(string $text): bool
    {
        for ($unfinished = 0; $unfinished < 4 && $unfinished <= strlen($text); $unfinished++) {
            if (self::isValidUtf8(substr($text, 0, strlen($text) - $unfinished))) {
                return true;
            }
        }

        return false;
    }
}
