<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model;

use Magento\Framework\Lock\LockManagerInterface;

/**
 * Lets only one process at a time work on the outbox, whether cron or command line.
 *
 * Claims would keep two processes apart as well; the lock saves the relay the additional requests.
 */
class LockedSyncCycle
{
    public const LOCK = 'byte8_sage_outbox';

    public function __construct(
        private readonly LockManagerInterface $lockManager,
        private readonly SyncCycle $cycle
    ) {
    }

    /**
     * @param ?callable(int $translated, int $delivered): void $progress as in SyncCycle::run()
     * @return ?array<string, mixed> the result of SyncCycle::run(), or null while another process runs
     */
    public function run(\DateTimeImmutable $until, ?callable $progress = null): ?array
    {
        if (!$this->lockManager->lock(self::LOCK, 0)) {
            // A long run of the command line must not look like a stopped cron.
            $this->cycle->recordHeartbeat();

            return null;
        }
        try {
            return $this->cycle->run($until, $progress);
        } finally {
            $this->lockManager->unlock(self::LOCK);
        }
    }
}
