<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical;

/**
 * An event as the outbox stores it: its name, the entity and its place in the sequence.
 *
 * Deliberately without content: the content is read when the event is built.
 */
class CapturedEvent
{
    /**
     * @param int $sequence the outbox row's id: later events have greater numbers
     */
    public function __construct(
        public readonly EventName $name,
        public readonly int $entityId,
        public readonly int $sequence
    ) {
    }

    /**
     * The idempotency key, the same for every attempt to send this event.
     */
    public function key(): string
    {
        return $this->name->keyFor($this->entityId);
    }
}
