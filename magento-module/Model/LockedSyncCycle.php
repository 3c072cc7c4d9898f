<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model;

use Magento\Framework\Lock\LockManagerInterface;

/**
 * Lets only one process at a time work on the outbox, cron or command line.
 *
 * Claims would keep two apart as well; the lock spares the relay the crowd.
 */
class LockedSyncCycle
{
    private const LOCK = 'byte8_sage_outbox';

    public function __construct(
        private readonly LockManagerInterface $lockManager,
        private readonly SyncCycle $cycle
    ) {
    }

    /**
     * @return ?array<string, mixed> what SyncCycle::run() says, or null when another process is at it
     */
    public function run(\DateTimeImmutable $until): ?array
    {
        if (!$this->lockManager->lock(self::LOCK, 0)) {
            // A long run of the command line is work, not silence.
            $this->cycle->recordHeartbeat();

            return null;
        }
        try {
            return $this->cycle->run($until);
        } finally {
            $this->lockManager->unlock(self::LOCK);
        }
    }
}
