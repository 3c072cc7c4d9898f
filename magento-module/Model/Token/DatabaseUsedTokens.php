<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Token;

use Byte8\SageAccounting\Model\Database\SalesTables;

/**
 * Token ids in the database, where a unique key rejects the second of two simultaneous requests.
 *
 * Deliberately not Magento's cache, which can be flushed and may differ between web servers.
 */
class DatabaseUsedTokens implements UsedTokensInterface
{
    public function __construct(private readonly SalesTables $tables)
    {
    }

    public function useOnce(string $tokenId, int $expiresAt): bool
    {
        $changed = $this->tables->connection()->insertOnDuplicate(
            $this->tables->tokens(),
            ['jti_hash' => hash('sha256', $tokenId), 'expires_at' => $expiresAt],
            ['jti_hash']
        );

        return (int) $changed === 1;
    }

    public function forgetExpired(int $now): int
    {
        return (int) $this->tables->connection()->delete($this->tables->tokens(), ['expires_at < ?' => $now]);
    }
}
