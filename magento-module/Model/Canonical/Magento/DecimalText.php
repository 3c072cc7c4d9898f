<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

/**
 * Writes a decimal of a Magento entity as the database writes it.
 *
 * An entity that was loaded already holds the database's text, which passes untouched. One that was saved in the
 * same request may still hold what a calculation left there: a float, an integer, or text with fewer places.
 */
class DecimalText
{
    /**
     * @param int $places decimal places of the column
     * @throws \UnexpectedValueException for a value that is no number the column could hold
     */
    public function of(string|int|float|null $value, int $places): ?string
    {
        if ($value === null) {
            return null;
        }
        if (is_string($value) && preg_match('/^(-?[0-9]+)(?:\.([0-9]+))?$/D', $value, $parts) === 1) {
            return $parts[1] . '.' . str_pad($parts[2] ?? '', $places, '0');
        }
        if (is_string($value) && !is_numeric($value)) {
            throw new \UnexpectedValueException(sprintf('"%s" is no decimal', $value));
        }
        if (is_int($value)) {
            return $value . '.' . str_repeat('0', $places);
        }
        $number = (float) $value;
        if (!is_finite($number)) {
            throw new \UnexpectedValueException('a number beyond all bounds is no decimal');
        }

        return number_format($number, $places, '.', '');
    }
}
