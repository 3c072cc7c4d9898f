<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Baseline;

/**
 * Decimals as text, for the yardstick.
 */
class Money
{
    /**
     * Half up to two decimals; what is no decimal is refused.
     */
    public static function round(string $amount): string
    {
        if (preg_match('/^-?[0-9]+(\.[0-9]+)?$/D', $amount) !== 1) {
            throw new \DomainException('no decimal: ' . $amount);
        }

        return $amount[0] === '-' ? bcsub($amount, '0.005', 2) : bcadd($amount, '0.005', 2);
    }

    /**
     * Without zeros behind the last digit that counts.
     */
    public static function plain(string $amount): string
    {
        return str_contains($amount, '.') ? rtrim(rtrim($amount, '0'), '.') : $amount;
    }
}
