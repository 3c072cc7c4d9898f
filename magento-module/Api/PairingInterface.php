<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Api;

/**
 * Lets a relay that knows the pairing code connect with this shop.
 *
 * @api
 */
interface PairingInterface
{
    /**
     * Pairs this shop. A refusal does not give the reason.
     *
     * @param string $code
     * @param string $bindingId
     * @param string $relayUrl
     * @param string $apiKey
     * @param string $challenge text that comes back signed with the new key, as proof that this shop holds it
     * @return \Byte8\SageAccounting\Api\Data\PairedInterface
     * @throws \Magento\Framework\Exception\AuthorizationException
     */
    public function pair(
        string $code,
        string $bindingId,
        string $relayUrl,
        string $apiKey,
        string $challenge = ''
    ): \Byte8\SageAccounting\Api\Data\PairedInterface;
}
