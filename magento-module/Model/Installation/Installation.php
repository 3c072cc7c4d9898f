<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Installation;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;

/**
 * Identifies this installation, so that a copy of the database does not send its test orders.
 *
 * Only the sync cycle compares. Everything else reads its result, because web servers may reach the same database
 * under other names.
 */
class Installation
{
    private const SECRET = 'installation.secret';
    private const FINGERPRINT = 'installation.fingerprint';
    private const COPY = 'installation.copy';

    private const ID_DIGITS = 32;

    public function __construct(
        private readonly KeyValueStoreInterface $values,
        private readonly InstallationFactsInterface $facts,
        private readonly Clock $clock
    ) {
    }

    /**
     * Stores the current installation as the paired one.
     */
    public function rememberCurrent(): void
    {
        $this->remember($this->current());
    }

    /**
     * Compares the shop with the paired one. If an earlier version paired the shop, stores the current one.
     *
     * @return bool whether it is the same
     */
    public function check(): bool
    {
        $known = $this->fingerprint();
        $current = $this->current();
        if ($known === null) {
            $this->remember($current);

            return true;
        }
        if ($known->matches($current)) {
            if ($this->values->get(self::COPY) !== null) {
                $this->values->remove(self::COPY);
            }

            return true;
        }
        $this->values->set(self::COPY, (string) json_encode([
            'present' => $current->toJson(),
            'since' => $this->since() ?? $this->clock->now()->format(\DATE_ATOM),
        ]));

        return false;
    }

    /**
     * The id under which the relay knows this installation; null while none is stored.
     */
    public function id(): ?string
    {
        $known = $this->fingerprint();

        return $known === null ? null : $this->idFor($known);
    }

    /**
     * The id of the current installation, whether or not it is the paired one.
     */
    public function currentId(): string
    {
        return $this->idFor($this->current());
    }

    /**
     * Whether the last comparison found another address or database than at the pairing.
     */
    public function looksLikeCopy(): bool
    {
        return $this->values->get(self::COPY) !== null;
    }

    /**
     * The paired shop, as screens show it.
     */
    public function origin(): string
    {
        return $this->fingerprint()?->label() ?? '';
    }

    /**
     * When the difference was first found, UTC in ISO 8601.
     */
    public function since(): ?string
    {
        return $this->lastComparison()['since'] ?? null;
    }

    /**
     * The current installation, as the last comparison saw it.
     */
    public function moved(): Fingerprint
    {
        return Fingerprint::fromJson($this->lastComparison()['present'] ?? null) ?? $this->current();
    }

    public function idFor(Fingerprint $fingerprint): string
    {
        return substr(hash('sha256', implode("\n", [
            $this->secret(),
            $fingerprint->database,
            $fingerprint->address(),
        ])), 0, self::ID_DIGITS);
    }

    /**
     * Stores an installation as the paired one.
     */
    public function remember(Fingerprint $fingerprint): void
    {
        $this->secret();
        $this->values->set(self::FINGERPRINT, $fingerprint->toJson());
        $this->values->remove(self::COPY);
    }

    private function current(): Fingerprint
    {
        return new Fingerprint($this->facts->baseUrl(), $this->facts->database());
    }

    private function fingerprint(): ?Fingerprint
    {
        return Fingerprint::fromJson($this->values->get(self::FINGERPRINT));
    }

    /**
     * @return array{present?: string, since?: string}
     */
    private function lastComparison(): array
    {
        $comparison = json_decode((string) $this->values->get(self::COPY), true);

        return is_array($comparison) ? $comparison : [];
    }

    private function secret(): string
    {
        $secret = $this->values->get(self::SECRET);
        if ($secret === null) {
            $secret = bin2hex(random_bytes(16));
            $this->values->set(self::SECRET, $secret);
        }

        return $secret;
    }
}
