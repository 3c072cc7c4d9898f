<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Canonical\CapturedEvent;

/**
 * One outbox row, immutable; a change is a new object, and the store writes it only if the old one still stands.
 */
class OutboxEntry
{
    /**
     * @param int $storeId store the entity belongs to, 0 for the global scope
     * @param ?string $eventJson canonical event, once built
     * @param ?string $contentDigest SHA-256 of the plan's bytes, or of the event when there is no plan
     * @param ?string $planJson plan frozen for delivery, so that every attempt sends identical bytes
     * @param string $reasonCode reason of a skip, code of a rejection, or code of the last failure
     * @param int $attempts deliveries begun
     * @param ?string $claimToken who is working on the row
     */
    public function __construct(
        public readonly CapturedEvent $event,
        public readonly int $storeId,
        public readonly OutboxState $state = OutboxState::Captured,
        public readonly ?string $eventJson = null,
        public readonly ?string $contentDigest = null,
        public readonly ?string $planJson = null,
        public readonly string $reasonCode = '',
        public readonly string $reasonPointer = '',
        public readonly string $reasonMessage = '',
        public readonly string $reasonSuggestion = '',
        public readonly int $attempts = 0,
        public readonly ?string $claimToken = null,
        public readonly ?\DateTimeImmutable $claimedAt = null,
        public readonly ?\DateTimeImmutable $nextAttemptAt = null
    ) {
    }

    /**
     * The row after a transition, with the columns that change along with it.
     *
     * @param array<string, mixed> $changes values by property name
     * @throws IllegalTransitionException
     */
    public function after(OutboxTransition $transition, array $changes = []): self
    {
        return $this->with(['state' => $transition->apply($this->state)] + $changes);
    }

    public function claimedBy(string $token, \DateTimeImmutable $now): self
    {
        return $this->with(['claimToken' => $token, 'claimedAt' => $now]);
    }

    /**
     * The row without a claim, so that the next run takes it.
     */
    public function released(): self
    {
        return $this->with(['claimToken' => null, 'claimedAt' => null]);
    }

    /**
     * @param array<string, mixed> $changes
     */
    private function with(array $changes): self
    {
        return new self(...array_replace(get_object_vars($this), $changes));
    }
}
