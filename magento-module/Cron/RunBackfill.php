<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Cron;

use Byte8\SageAccounting\Model\Backfill\BackfillJob;
use Byte8\SageAccounting\Model\Clock;
use Magento\Framework\Lock\LockManagerInterface;

/**
 * Every minute: continues the backfill that was started in the admin, if there is one.
 */
class RunBackfill
{
    private const LOCK = 'byte8_sage_backfill';
    private const SECONDS = 40;

    public function __construct(
        private readonly BackfillJob $job,
        private readonly LockManagerInterface $lockManager,
        private readonly Clock $clock
    ) {
    }

    public function execute(): void
    {
        if (!$this->lockManager->lock(self::LOCK, 0)) {
            return;
        }
        try {
            $this->job->run($this->clock->now()->modify('+' . self::SECONDS . ' seconds'));
        } finally {
            $this->lockManager->unlock(self::LOCK);
        }
    }
}
