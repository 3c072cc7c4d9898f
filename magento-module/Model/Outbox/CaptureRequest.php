<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * What an observer notes inside the merchant's transaction: nothing but what it holds in its hands.
 */
class CaptureRequest
{
    public function __construct(
        public readonly EventName $name,
        public readonly int $entityId,
        public readonly int $storeId
    ) {
    }

    public function idempotencyKey(): string
    {
        return $this->name->keyFor($this->entityId);
    }
}
