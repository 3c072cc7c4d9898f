<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

/**
 * The settings as the relay gave them, byte for byte.
 */
class SettingsDocument
{
    public function __construct(public readonly string $json, public readonly string $digest)
    {
    }
}
