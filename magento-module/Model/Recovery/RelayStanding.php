<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Recovery;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Value\ValueStoreInterface;

/**
 * Keeps the relay's last word on how this shop's connection to Sage stands, for those who must not ask the network.
 */
class RelayStanding
{
    private const STANDING = 'relay.standing';

    public function __construct(private readonly ValueStoreInterface $values, private readonly Clock $clock)
    {
    }

    /**
     * @param array<string, mixed> $standing answer of GET /v1/binding
     */
    public function keep(array $standing): void
    {
        $this->values->set(self::STANDING, (string) json_encode(
            ['answered_at' => $this->clock->now()->format(\DATE_ATOM), 'standing' => $standing],
            JSON_INVALID_UTF8_SUBSTITUTE
        ));
    }

    public function forget(): void
    {
        $this->values->remove(self::STANDING);
    }

    /**
     * When the relay answered last, UTC in ISO 8601; null when it never did.
     */
    public function answeredAt(): ?string
    {
        $at = $this->kept()['answered_at'] ?? null;

        return is_string($at) ? $at : null;
    }

    /**
     * 'active', 'recovering', or why nothing can be sent; '' when it is not known.
     */
    public function state(): string
    {
        return $this->text('state');
    }

    /**
     * Since when it stands so, UTC in ISO 8601; '' when it is not known.
     */
    public function since(): string
    {
        return $this->text('since');
    }

    /**
     * Why documents wait, as a code; '' for no special reason.
     */
    public function reasonCode(): string
    {
        $reason = $this->standing()['reason'] ?? null;

        return is_array($reason) && is_string($reason['code'] ?? null) ? $reason['code'] : '';
    }

    public function reasonDetail(): string
    {
        $reason = $this->standing()['reason'] ?? null;

        return is_array($reason) && is_string($reason['detail'] ?? null) ? $reason['detail'] : '';
    }

    /**
     * Documents that the relay still has to send.
     */
    public function waiting(): int
    {
        return (int) ($this->standing()['waiting'] ?? 0);
    }

    private function text(string $name): string
    {
        $text = $this->standing()[$name] ?? '';

        return is_string($text) ? $text : '';
    }

    /**
     * @return array<string, mixed>
     */
    private function standing(): array
    {
        $standing = $this->kept()['standing'] ?? [];

        return is_array($standing) ? $standing : [];
    }

    /**
     * @return array<string, mixed>
     */
    private function kept(): array
    {
        $kept = json_decode((string) $this->values->get(self::STANDING), true);

        return is_array($kept) ? $kept : [];
    }
}
