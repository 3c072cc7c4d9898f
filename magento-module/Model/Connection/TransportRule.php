<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Connection;

use Magento\Framework\App\State;

/**
 * Documents and secrets are sent over HTTPS only, or without leaving this machine.
 */
class TransportRule
{
    private const LOOPBACK = ['localhost', '127.0.0.1', '[::1]', '::1'];

    public function __construct(private readonly State $appState)
    {
    }

    /**
     * Whether the relay may be called at this address.
     */
    public function allowsUrl(string $url): bool
    {
        if (preg_match('~^(https?)://(\[[0-9a-f:]+\]|[^/:@?#\s]+)(?::[0-9]+)?(?:/[^?#\s]*)?$~Di', $url, $parts) !== 1) {
            return false;
        }

        return strtolower($parts[1]) === 'https'
            || in_array(strtolower($parts[2]), self::LOOPBACK, true)
            || $this->isDeveloperMode();
    }

    /**
     * Whether a request of the relay may be answered.
     */
    public function allowsRequest(bool $isSecure, string $remoteAddress): bool
    {
        return $isSecure || in_array($remoteAddress, self::LOOPBACK, true) || $this->isDeveloperMode();
    }

    private function isDeveloperMode(): bool
    {
        return $this->appState->getMode() === State::MODE_DEVELOPER;
    }
}
