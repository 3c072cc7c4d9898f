<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Token;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Connection\Connection;

/**
 * Signs a request to the relay: HS256, valid for a minute, never the same twice.
 */
class TokenSigner
{
    private const SECONDS = 60;

    public function __construct(private readonly Clock $clock)
    {
    }

    /**
     * @param array<string, string> $claims further ones
     */
    public function sign(Connection $connection, array $claims = []): string
    {
        $now = $this->clock->now()->getTimestamp();
        $signed = $this->part(['alg' => 'HS256', 'typ' => 'JWT']) . '.' . $this->part([
            'iss' => $connection->bindingId,
            'aud' => 'ledger-relay',
            'iat' => $now,
            'exp' => $now + self::SECONDS,
            'jti' => bin2hex(random_bytes(16)),
        ] + $claims);
        $key = DirectionKey::outbound($connection->apiKey);

        return $signed . '.' . Base64Url::encode(hash_hmac('sha256', $signed, $key, true));
    }

    /**
     * @param array<string, int|string> $values
     */
    private function part(array $values): string
    {
        return Base64Url::encode(json_encode($values, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES));
    }
}
