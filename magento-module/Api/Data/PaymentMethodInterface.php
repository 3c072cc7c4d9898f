<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Api\Data;

/**
 * A payment method of this shop.
 *
 * @api
 */
interface PaymentMethodInterface
{
    /**
     * Code, as orders hold it.
     *
     * @return string
     */
    public function getCode(): string;

    /**
     * Title, as the admin shows it.
     *
     * @return string
     */
    public function getTitle(): string;

    /**
     * Whether customers can choose it.
     *
     * @return bool
     */
    public function isActive(): bool;
}
