<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Token;

/**
 * Port to the store of used token ids.
 */
interface UsedTokensInterface
{
    /**
     * Stores the id until its token expires, and returns whether it is new.
     */
    public function useOnce(string $tokenId, int $expiresAt): bool;

    /**
     * Deletes ids whose tokens have expired, and returns how many.
     */
    public function forgetExpired(int $now): int;
}
