<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

/**
 * The relay's answer about the settings.
 */
class SettingsAnswer
{
    /**
     * @param ?string $json the settings as the relay gave them, byte for byte; null when the shop has the same
     * @param bool $isLive whether the merchant went live in the ledger
     */
    public function __construct(public readonly ?string $json, public readonly bool $isLive = true)
    {
    }
}
