<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Canonical\CapturedEvent;

/**
 * One outbox row, immutable. A change is a new object; the store writes it only if the row has not changed meanwhile.
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
     * @param ?string $claimToken token of the worker that claimed the row
     * @param string[] $firedRules ids of the rules that shaped the decision
     * @param string $warningsJson warnings of the decision as a JSON list
     * @param ?string $fingerprint digest of the plan without its sequence, to recognise an edit that changed nothing
     * @param bool $isForced requested by a person, so it is sent even if nothing has changed
     * @param ?string $runId run of the relay, once delivered
     * @param ?string $recoveryId recovery of a restored relay for which the row was offered again
     * @param bool $isBackfill one of many records that existed before; it goes after everything of today
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
        public readonly ?\DateTimeImmutable $nextAttemptAt = null,
        public readonly array $firedRules = [],
        public readonly string $warningsJson = '[]',
        public readonly ?string $fingerprint = null,
        public readonly bool $isForced = false,
        public readonly ?string $runId = null,
        public readonly ?string $recoveryId = null,
        public readonly bool $isBackfill = false
    ) {
    }

    /**
     * Whether the row is new: never translated, and not requested by a person.
     */
    public function isNew(): bool
    {
        return $this->state === OutboxState::Captured
            && $this->eventJson === null
            && $this->reasonCode === ''
            && $this->runId === null
            && !$this->isForced;
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
