<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Connection;

use Byte8\SageAccounting\Model\Value\ValueStoreInterface;

/**
 * Knows which installation of the shop this is, so that a copy of the shop does not deliver.
 *
 * The id comes from a random value in the database, from the database's place and from the shop's address. A copy has
 * the random value of its original, but another place or address.
 */
class Installation
{
    private const RANDOM = 'installation.random';
    private const KEPT = 'installation.kept';
    private const DIGITS = 32;

    public function __construct(
        private readonly ValueStoreInterface $values,
        private readonly SiteInterface $site
    ) {
    }

    /**
     * The id under which the relay knows this shop.
     */
    public function id(): string
    {
        return $this->kept()['id'] ?? $this->keep();
    }

    /**
     * The id that fits the present address and database.
     */
    public function presentId(): string
    {
        $random = $this->values->get(self::RANDOM);
        if ($random === null) {
            $random = bin2hex(random_bytes(16));
            $this->values->set(self::RANDOM, $random);
        }
        $parts = [$random, $this->site->database(), $this->site->baseUrl()];

        return substr(hash('sha256', implode("\n", $parts)), 0, self::DIGITS);
    }

    /**
     * Remembers that this is the shop, at its present address and with its present database.
     *
     * @return string its id
     */
    public function keep(): string
    {
        $id = $this->presentId();
        $this->values->set(self::KEPT, (string) json_encode([
            'id' => $id,
            'base_url' => $this->site->baseUrl(),
            'database' => $this->site->database(),
        ], JSON_UNESCAPED_SLASHES));

        return $id;
    }

    /**
     * Lets the next look remember the shop as it is then.
     */
    public function forget(): void
    {
        $this->values->remove(self::KEPT);
    }

    /**
     * Address of the shop that this one looks like a copy of; null when address and database are as they were.
     */
    public function copiedFrom(): ?string
    {
        $kept = $this->kept();
        if ($kept === null) {
            return null;
        }
        $isSame = $kept['base_url'] === $this->site->baseUrl() && $kept['database'] === $this->site->database();

        return $isSame ? null : $kept['base_url'];
    }

    /**
     * @return ?array{id: string, base_url: string, database: string}
     */
    private function kept(): ?array
    {
        $kept = json_decode((string) $this->values->get(self::KEPT), true);

        return is_array($kept) && isset($kept['id'], $kept['base_url'], $kept['database']) ? $kept : null;
    }
}
