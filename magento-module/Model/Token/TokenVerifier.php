<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Token;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Connection\Connection;

/**
 * Checks a token of the relay: signature, times, audience, the body it was made for, and that it is used once.
 */
class TokenVerifier
{
    public const ISSUER = 'ledger-relay';

    /** The longest lifetime of a token. */
    private const MAXIMUM_SECONDS = 300;

    /** The accepted difference between the clocks of relay and shop. */
    private const LEEWAY_SECONDS = 30;

    private const MAXIMUM_BYTES = 4096;

    public function __construct(
        private readonly UsedTokensInterface $usedTokens,
        private readonly Clock $clock
    ) {
    }

    /**
     * @param string $body body of the request, '' where there is none
     * @throws TokenRefusedException
     */
    public function verify(string $token, Connection $connection, string $body): void
    {
        $parts = explode('.', $token);
        if (count($parts) !== 3 || strlen($token) > self::MAXIMUM_BYTES) {
            throw new TokenRefusedException('token_malformed');
        }
        $header = $this->values($parts[0]);
        $claims = $this->values($parts[1]);
        $signature = Base64Url::decode($parts[2]);
        if ($signature === null || ($header['alg'] ?? null) !== 'HS256') {
            throw new TokenRefusedException('token_malformed');
        }
        $key = DirectionKey::inbound($connection->apiKey);
        if (!hash_equals(hash_hmac('sha256', $parts[0] . '.' . $parts[1], $key, true), $signature)) {
            throw new TokenRefusedException('token_untrusted');
        }
        $this->checkClaims($claims, $connection, $body);
    }

    /**
     * @param array<string, mixed> $claims
     */
    private function checkClaims(array $claims, Connection $connection, string $body): void
    {
        $now = $this->clock->now()->getTimestamp();
        $issuedAt = $claims['iat'] ?? null;
        $expiresAt = $claims['exp'] ?? null;
        $tokenId = $claims['jti'] ?? null;
        $refusal = match (true) {
            !is_int($issuedAt), !is_int($expiresAt), !is_string($tokenId), $tokenId === '' => 'token_malformed',
            ($claims['iss'] ?? null) !== self::ISSUER => 'token_wrong_issuer',
            ($claims['aud'] ?? null) !== $connection->bindingId => 'token_wrong_audience',
            $expiresAt <= $issuedAt, $expiresAt - $issuedAt > self::MAXIMUM_SECONDS => 'token_life_too_long',
            $now >= $expiresAt + self::LEEWAY_SECONDS => 'token_expired',
            $issuedAt > $now + self::LEEWAY_SECONDS => 'token_not_yet_valid',
            ($claims['body'] ?? null) !== hash('sha256', $body) => 'token_wrong_body',
            !$this->usedTokens->useOnce($tokenId, $expiresAt + self::LEEWAY_SECONDS) => 'token_used',
            default => null,
        };
        if ($refusal !== null) {
            throw new TokenRefusedException($refusal);
        }
    }

    /**
     * @return array<string, mixed>
     */
    private function values(string $part): array
    {
        $values = json_decode((string) Base64Url::decode($part), true, 8);

        return is_array($values) ? $values : throw new TokenRefusedException('token_malformed');
    }
}
