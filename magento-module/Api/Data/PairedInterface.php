<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Api\Data;

/**
 * The result of a pairing: this shop, as the relay knows it.
 *
 * @api
 */
interface PairedInterface
{
    /**
     * Id of this shop at the relay.
     *
     * @return string
     */
    public function getBindingId(): string;

    /**
     * Address of the shop.
     *
     * @return string
     */
    public function getStoreUrl(): string;

    /**
     * Token signed with the new key that holds the relay's challenge; empty when there was none.
     *
     * @return string
     */
    public function getProof(): string;
}
