<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Recovery;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Relay\BindingStatus;
use Byte8\SageAccounting\Model\Relay\BindingStatusRepository;
use Byte8\SageAccounting\Model\Relay\RecoveryRequest;
use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\SyncState\FeedPull;

/**
 * Brings a relay that was restored from a backup up to date: offers it again what it may have lost.
 *
 * The progress is stored after every batch under the recovery's id, so that an interrupted run continues there.
 */
class RelayRecovery
{
    private const PROGRESS = 'recovery.progress';

    private const OFFERING = 'offering';
    private const FEED = 'feed';
    private const DELIVERING = 'delivering';

    /** Clocks differ, and a response may have been on its way when the backup was made. */
    private const EARLIER_MINUTES = 10;

    public function __construct(
        private readonly RecoveryStoreInterface $store,
        private readonly FeedPull $feed,
        private readonly RelayClientInterface $relay,
        private readonly BindingStatusRepository $statuses,
        private readonly KeyValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    /**
     * Works on the relay's request until the time is up.
     *
     * @return bool whether plans may be sent and the feed may be read; before that the cursor would be wrong
     */
    public function run(BindingStatus $status, \DateTimeImmutable $until): bool
    {
        $request = $status->recovery;
        if ($request === null || $request->isOffered) {
            return true;
        }
        $progress = $this->progress($request);
        do {
            $progress = match ($progress['phase']) {
                self::OFFERING => $this->offer($request, $progress),
                self::FEED => $this->rewindFeed($request, $progress),
                default => $progress,
            };
            $this->values->set(self::PROGRESS, (string) json_encode($progress));
        } while ($progress['phase'] !== self::DELIVERING && $this->clock->now() < $until);

        return $progress['phase'] === self::DELIVERING;
    }

    /**
     * Tells the relay when every row that was offered again has arrived or is dead-lettered.
     *
     * @return bool whether this call told it
     * @throws RelayException
     */
    public function complete(BindingStatus $status): bool
    {
        $request = $status->recovery;
        if ($request === null || $request->isOffered) {
            return false;
        }
        $isDelivering = $this->progress($request)['phase'] === self::DELIVERING;
        if (!$isDelivering || $this->store->open($request->recoveryId) > 0) {
            return false;
        }
        $this->statuses->save(
            $this->relay->completeRecovery($request->recoveryId, $this->store->highestEntityIds())
        );

        return true;
    }

    /**
     * The number of rows offered for a recovery so far.
     */
    public function offered(RecoveryRequest $request): int
    {
        return $this->progress($request)['offered'];
    }

    /**
     * Another binding has its own recoveries.
     */
    public function forget(): void
    {
        $this->values->remove(self::PROGRESS);
    }

    /**
     * @param array{recovery_id: string, phase: string, last: int, offered: int} $progress
     * @return array{recovery_id: string, phase: string, last: int, offered: int}
     */
    private function offer(RecoveryRequest $request, array $progress): array
    {
        $batch = $this->store->offerAgain(
            $request->recoveryId,
            $request->since->modify('-' . self::EARLIER_MINUTES . ' minutes'),
            $request->feedCursor,
            $progress['last']
        );

        return $batch === null
            ? ['phase' => self::FEED, 'last' => 0] + $progress
            : ['last' => $batch['last'], 'offered' => $progress['offered'] + $batch['offered']] + $progress;
    }

    /**
     * Runs after the offering, which needs the cursors that are cleared here.
     *
     * @param array{recovery_id: string, phase: string, last: int, offered: int} $progress
     * @return array{recovery_id: string, phase: string, last: int, offered: int}
     */
    private function rewindFeed(RecoveryRequest $request, array $progress): array
    {
        $last = $this->store->forgetCursorsAfter($request->feedCursor, $progress['last']);
        if ($last !== null) {
            return ['last' => $last] + $progress;
        }
        $this->feed->rewindTo($request->feedCursor);

        return ['phase' => self::DELIVERING, 'last' => 0] + $progress;
    }

    /**
     * @return array{recovery_id: string, phase: string, last: int, offered: int}
     */
    private function progress(RecoveryRequest $request): array
    {
        $known = json_decode((string) $this->values->get(self::PROGRESS), true);

        return is_array($known) && ($known['recovery_id'] ?? null) === $request->recoveryId
            ? $known
            : ['recovery_id' => $request->recoveryId, 'phase' => self::OFFERING, 'last' => 0, 'offered' => 0];
    }
}
