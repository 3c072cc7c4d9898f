<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Token;

/**
 * The signing key of one direction, derived from the shared secret. A token of one direction is invalid in the other.
 */
class DirectionKey
{
    private const OUTBOUND = 'byte8-magento-outbound-v1';
    private const INBOUND = 'byte8-magento-inbound-v1';
    private const BYTES = 32;

    /** From this shop to the relay. */
    public static function outbound(string $apiKey): string
    {
        return hash_hkdf('sha256', $apiKey, self::BYTES, self::OUTBOUND);
    }

    /** From the relay to this shop. */
    public static function inbound(string $apiKey): string
    {
        return hash_hkdf('sha256', $apiKey, self::BYTES, self::INBOUND);
    }
}
