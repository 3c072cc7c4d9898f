<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Rest;

use Byte8\SageAccounting\Api\Data\PairedInterface;

/**
 * The result of a pairing: this shop, as the relay knows it.
 */
class Paired implements PairedInterface
{
    public function __construct(
        private readonly string $bindingId,
        private readonly string $storeUrl,
        private readonly string $proof = ''
    ) {
    }

    public function getBindingId(): string
    {
        return $this->bindingId;
    }

    public function getStoreUrl(): string
    {
        return $this->storeUrl;
    }

    public function getProof(): string
    {
        return $this->proof;
    }
}
