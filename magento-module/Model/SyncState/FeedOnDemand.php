<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\LockedSyncCycle;
use Byte8\SageAccounting\Model\Relay\BindingStatusRepository;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Magento\Framework\Lock\LockManagerInterface;

/**
 * Asks the relay for results while a page of the admin waits for one: one page of the feed, at most every ten seconds
 * for the whole shop, and not while a sync cycle runs, which asks anyway.
 *
 * For shops that the relay cannot reach, and for the time between two runs of cron. A failure is left to cron.
 */
class FeedOnDemand
{
    public const SECONDS = 10;

    private const ASKED_AT = 'feed.asked_on_demand_at';

    /**
     * @param FeedPull $feed one with a short time limit
     */
    public function __construct(
        private readonly FeedPull $feed,
        private readonly ConnectionStoreInterface $connections,
        private readonly BindingStatusRepository $statuses,
        private readonly LockManagerInterface $lockManager,
        private readonly KeyValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    public function pull(): void
    {
        $now = $this->clock->now();
        // The distance, because the clock may have been set back.
        $age = abs($now->getTimestamp() - (int) $this->values->get(self::ASKED_AT));
        if ($age < self::SECONDS || $this->connections->load() === null || !$this->statuses->isRelayReady()) {
            return;
        }
        if (!$this->lockManager->lock(LockedSyncCycle::LOCK, 0)) {
            return;
        }
        try {
            $this->values->set(self::ASKED_AT, (string) $now->getTimestamp());
            $this->feed->pull($now);
        } catch (RelayException) {
            return;
        } finally {
            $this->lockManager->unlock(LockedSyncCycle::LOCK);
        }
    }
}
