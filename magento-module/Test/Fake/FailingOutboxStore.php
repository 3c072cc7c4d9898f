<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\Model\Outbox\CaptureRequest;

/**
 * An outbox whose table fails.
 */
class FailingOutboxStore extends InMemoryOutboxStore
{
    public function __construct(private readonly \Throwable $failure)
    {
    }

    public function capture(CaptureRequest ...$requests): int
    {
        throw $this->failure;
    }
}
