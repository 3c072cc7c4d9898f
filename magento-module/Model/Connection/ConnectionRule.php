<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Connection;

/**
 * What a connection must look like, whichever way its key arrived.
 */
class ConnectionRule
{
    private const BINDING_ID = '/^[A-Za-z0-9._-]{1,64}$/D';
    private const API_KEY = '/^[\x21-\x7e]{32,512}$/D';

    public function __construct(private readonly TransportRule $transportRule)
    {
    }

    /**
     * What is wrong with it, or null if nothing is. Never names the key.
     */
    public function problem(Connection $connection): ?string
    {
        return match (true) {
            !$this->transportRule->allowsUrl($connection->relayUrl) => (string) __(
                'The address of the relay must start with "https://", unless the relay runs on this machine.'
            ),
            preg_match(self::BINDING_ID, $connection->bindingId) !== 1 => (string) __(
                'The binding ID must have 1 to 64 letters, digits, dots, hyphens or underscores.'
            ),
            preg_match(self::API_KEY, $connection->apiKey) !== 1 => (string) __(
                'The API key must have 32 to 512 characters, without spaces.'
            ),
            default => null,
        };
    }
}
