<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Connection;

/**
 * How this shop and its relay know each other; the result of pairing.
 */
class Connection
{
    /**
     * @param string $relayUrl without a slash at the end
     * @param string $apiKey secret shared with the relay; never logged, never shown
     */
    public function __construct(
        public readonly string $relayUrl,
        public readonly string $bindingId,
        public readonly string $apiKey
    ) {
    }

    /**
     * Keeps the secret out of dumps and stack traces.
     *
     * @return array<string, string>
     */
    public function __debugInfo(): array
    {
        return ['relayUrl' => $this->relayUrl, 'bindingId' => $this->bindingId, 'apiKey' => '…'];
    }
}
