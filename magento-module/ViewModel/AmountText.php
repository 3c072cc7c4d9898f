<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

/**
 * An amount as screens show it.
 */
class AmountText
{
    /**
     * Without the trailing zeros of the database: two decimals, or more if they are not zero.
     */
    public static function of(string $decimal): string
    {
        return (string) preg_replace('/(\.\d\d\d*?)0+$/', '$1', $decimal);
    }
}
