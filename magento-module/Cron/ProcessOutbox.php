<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Cron;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\LockedSyncCycle;

/**
 * Every minute: one sync cycle, shorter than a minute.
 */
class ProcessOutbox
{
    private const SECONDS = 50;

    public function __construct(private readonly LockedSyncCycle $cycle, private readonly Clock $clock)
    {
    }

    public function execute(): void
    {
        $this->cycle->run($this->clock->now()->modify('+' . self::SECONDS . ' seconds'));
    }
}
