<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * A request to capture an event, usually by an observer inside the merchant's transaction. Holds only what the
 * observer has at hand.
 */
class CaptureRequest
{
    /**
     * @param bool $isForced requested by a person, so it is sent even if nothing has changed
     * @param bool $isBackfill one of many records that existed before; it goes after everything of today
     */
    public function __construct(
        public readonly EventName $name,
        public readonly int $entityId,
        public readonly int $storeId,
        public readonly bool $isForced = false,
        public readonly bool $isBackfill = false
    ) {
    }

    public function idempotencyKey(): string
    {
        return $this->name->keyFor($this->entityId);
    }
}
