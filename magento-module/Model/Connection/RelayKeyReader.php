<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Connection;

/**
 * Reads the key that the relay shows once: `{"api_key":"rk_…","binding_id":"…","relay_url":"https://…"}`.
 */
class RelayKeyReader
{
    private const NAMES = ['api_key', 'binding_id', 'relay_url'];
    private const PREFIX = 'rk_';
    private const LONGEST = 4096;

    /**
     * @throws InvalidRelayKeyException
     */
    public function read(#[\SensitiveParameter] string $text): Connection
    {
        $values = strlen($text) > self::LONGEST ? null : json_decode(trim($text), true);
        if (!is_array($values) || array_is_list($values)) {
            throw new InvalidRelayKeyException((string) __(
                'This is not the whole key. Copy everything that the relay shows, from { to }.'
            ));
        }
        foreach (self::NAMES as $name) {
            if (!is_string($values[$name] ?? null) || $values[$name] === '') {
                throw new InvalidRelayKeyException((string) __(
                    'The key has no "%1". Copy everything that the relay shows, from { to }.',
                    $name
                ));
            }
        }
        if (!str_starts_with($values['api_key'], self::PREFIX)) {
            throw new InvalidRelayKeyException((string) __('The "api_key" in the key must start with "rk_".'));
        }

        return new Connection(rtrim($values['relay_url'], '/'), $values['binding_id'], $values['api_key']);
    }
}
