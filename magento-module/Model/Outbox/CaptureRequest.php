<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * What is noted of a happening, mostly by an observer inside the merchant's transaction: nothing but what it holds
 * in its hands.
 */
class CaptureRequest
{
    /**
     * @param bool $isForced a person asked for it, so that it is sent even when nothing has changed
     */
    public function __construct(
        public readonly EventName $name,
        public readonly int $entityId,
        public readonly int $storeId,
        public readonly bool $isForced = false
    ) {
    }

    public function idempotencyKey(): string
    {
        return $this->name->keyFor($this->entityId);
    }
}
