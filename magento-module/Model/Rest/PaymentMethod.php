<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Rest;

use Byte8\SageAccounting\Api\Data\PaymentMethodInterface;

/**
 * A payment method of this shop.
 */
class PaymentMethod implements PaymentMethodInterface
{
    public function __construct(
        private readonly string $code,
        private readonly string $title,
        private readonly bool $isActive
    ) {
    }

    public function getCode(): string
    {
        return $this->code;
    }

    public function getTitle(): string
    {
        return $this->title;
    }

    public function isActive(): bool
    {
        return $this->isActive;
    }
}
