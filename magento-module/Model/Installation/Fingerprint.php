<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Installation;

/**
 * Address and database of an installation, immutable.
 */
class Fingerprint
{
    public function __construct(public readonly string $baseUrl, public readonly string $database)
    {
    }

    public static function fromJson(?string $json): ?self
    {
        $known = json_decode((string) $json, true);

        return is_array($known) && is_string($known['base_url'] ?? null) && is_string($known['database'] ?? null)
            ? new self($known['base_url'], $known['database'])
            : null;
    }

    public function toJson(): string
    {
        return (string) json_encode(
            ['base_url' => $this->baseUrl, 'database' => $this->database],
            JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE
        );
    }

    /**
     * Whether both are the same installation. An unknown address is not compared.
     */
    public function matches(self $other): bool
    {
        return $this->database === $other->database
            && ($this->baseUrl === '' || $other->baseUrl === '' || $this->address() === $other->address());
    }

    /**
     * The address without the scheme: a shop that switches to HTTPS has not moved.
     */
    public function address(): string
    {
        return rtrim(strtolower((string) preg_replace('~^https?://~i', '', $this->baseUrl)), '/');
    }

    /**
     * The name of the installation on screens.
     */
    public function label(): string
    {
        return $this->baseUrl === '' ? $this->database : $this->baseUrl;
    }
}
