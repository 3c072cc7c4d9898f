<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Token;

/**
 * Port to the memory of token ids that were used.
 */
interface UsedTokensInterface
{
    /**
     * Remembers the id until its token has expired, and says whether it is new.
     */
    public function useOnce(string $tokenId, int $expiresAt): bool;

    /**
     * Forgets ids whose tokens have expired, and returns how many.
     */
    public function forgetExpired(int $now): int;
}
