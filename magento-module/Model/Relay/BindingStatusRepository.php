<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;

/**
 * Stores the relay's last status of this shop's binding, so that the admin can show it without the network.
 */
class BindingStatusRepository
{
    private const ANSWER = 'relay.binding';

    /** An older status is ignored. */
    private const MAX_AGE_MINUTES = 10;

    public function __construct(
        private readonly KeyValueStoreInterface $values,
        private readonly RelayClientInterface $relay,
        private readonly Clock $clock
    ) {
    }

    /**
     * @throws RelayException
     */
    public function pull(): BindingStatus
    {
        return $this->save($this->relay->binding());
    }

    /**
     * @param array<string, mixed> $answer
     * @throws RelayException
     */
    public function save(array $answer): BindingStatus
    {
        $status = BindingStatus::fromAnswer($answer);
        $this->values->set(self::ANSWER, (string) json_encode([
            'asked_at' => $this->clock->now()->format(\DATE_ATOM),
            'answer' => $answer,
        ], JSON_INVALID_UTF8_SUBSTITUTE));

        return $status;
    }

    /**
     * The last status; null if there is none or it is too old.
     */
    public function last(): ?BindingStatus
    {
        $known = $this->known();
        if ($known === null) {
            return null;
        }
        $age = abs($this->clock->now()->getTimestamp() - (int) strtotime((string) ($known['asked_at'] ?? '')));

        return $age > self::MAX_AGE_MINUTES * 60 ? null : BindingStatus::fromValues($known['answer']);
    }

    /**
     * Where browsers reach the relay's dashboard, however old the status is; null where it has not told.
     */
    public function dashboardUrl(): ?string
    {
        $known = $this->known();

        return $known === null ? null : BindingStatus::fromValues($known['answer'])?->dashboardUrl;
    }

    /**
     * @return ?array{asked_at?: mixed, answer: array<string, mixed>}
     */
    private function known(): ?array
    {
        $known = json_decode((string) $this->values->get(self::ANSWER), true);

        return is_array($known) && is_array($known['answer'] ?? null) ? $known : null;
    }

    /**
     * Whether the relay works for this shop and is not recovering, as far as cron has heard.
     *
     * A restored relay is first offered again what it has lost; until then only cron talks to it.
     */
    public function isRelayReady(): bool
    {
        $status = $this->last();

        return $status === null || ($status->isServed() && $status->state !== BindingStatus::RECOVERING);
    }

    public function forget(): void
    {
        $this->values->remove(self::ANSWER);
    }
}
