<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

/**
 * An amount as people read it.
 */
class AmountText
{
    /**
     * Without the zeros that the database and sums add: to the penny, and beyond where there is something.
     */
    public static function of(string $decimal): string
    {
        return (string) preg_replace('/(\.\d\d\d*?)0+$/', '$1', $decimal);
    }
}
