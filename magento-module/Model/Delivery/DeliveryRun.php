<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Delivery;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Outbox\OutboxEntry;
use Byte8\SageAccounting\Model\Outbox\OutboxStoreInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition;
use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\SyncState\FeedPull;
use Byte8\SageAccounting\Model\SyncState\SyncStateRecorder;

/**
 * Sends frozen plans to the relay until there are none, the time is up or the relay fails.
 *
 * The state delivering is committed before the first byte is sent, so that a crash is detected.
 */
class DeliveryRun
{
    private const ROWS_PER_REQUEST = 200;

    /** Below the relay's limit of 8 MiB for a request. */
    private const BYTES_PER_REQUEST = 4_000_000;

    private const REPLAYED = 'replayed';

    public const DAMAGED = 'frozen_plan_damaged';

    /**
     * @param bool $leavesFailuresToCron whether rows stay as they were when the relay cannot be asked
     */
    public function __construct(
        private readonly OutboxStoreInterface $store,
        private readonly RelayClientInterface $relay,
        private readonly DeliverySettlement $settlement,
        private readonly SyncStateRecorder $recorder,
        private readonly FeedPull $feed,
        private readonly Clock $clock,
        private readonly bool $leavesFailuresToCron = false
    ) {
    }

    public function run(\DateTimeImmutable $until): DeliveryReport
    {
        $report = new DeliveryReport();
        do {
            $token = bin2hex(random_bytes(16));
            $claimed = $this->store->claimForDelivery($token, self::ROWS_PER_REQUEST, $this->clock->now());
            $report = $report->plus($this->deliverAll($claimed));
        } while ($claimed !== [] && $report->stoppedBy === null && $this->clock->now() < $until);

        return $report;
    }

    /**
     * Sends the rows of one document with one request, if nothing keeps any of them.
     */
    public function runFor(string $entityType, int $entityId): DeliveryReport
    {
        $token = bin2hex(random_bytes(16));

        return $this->deliverAll($this->store->claimDeliveryOf($entityType, $entityId, $token, $this->clock->now()));
    }

    /**
     * @param OutboxEntry[] $claimed
     */
    private function deliverAll(array $claimed): DeliveryReport
    {
        $report = new DeliveryReport();
        while ($claimed !== []) {
            if ($report->stoppedBy !== null) {
                $this->putBack($claimed);
                break;
            }
            $report = $report->plus($this->deliver($this->begin($this->takeBatch($claimed))));
        }

        return $report;
    }

    /**
     * Takes as many rows from the front as fit into one request, but at least one. A backfill has its own requests.
     *
     * @param OutboxEntry[] $claimed
     * @return OutboxEntry[]
     */
    private function takeBatch(array &$claimed): array
    {
        $batch = [];
        $bytes = 0;
        while ($claimed !== []) {
            $bytes += strlen((string) $claimed[0]->planJson);
            $isOfSameKind = $batch === [] || $batch[0]->isBackfill === $claimed[0]->isBackfill;
            if ($batch !== [] && ($bytes > self::BYTES_PER_REQUEST || !$isOfSameKind)) {
                break;
            }
            $batch[] = array_shift($claimed);
        }

        return $batch;
    }

    /**
     * @param OutboxEntry[] $batch
     * @return OutboxEntry[] rows that this run claimed, in the state delivering
     */
    private function begin(array $batch): array
    {
        $changes = [];
        foreach ($batch as $entry) {
            $changes[] = [
                $entry,
                $entry->after(OutboxTransition::StartDelivery, ['attempts' => $entry->attempts + 1]),
            ];
        }

        return array_column($this->store->replaceAll($changes), 1);
    }

    /**
     * @param OutboxEntry[] $batch rows in the state delivering
     */
    private function deliver(array $batch): DeliveryReport
    {
        $sound = array_values(array_filter($batch, $this->isSound(...)));
        $damaged = array_filter($batch, fn (OutboxEntry $entry): bool => !$this->isSound($entry));
        $report = $this->settle($damaged, fn (OutboxEntry $entry): OutboxEntry => $this->settlement->dead(
            $entry,
            self::DAMAGED,
            '',
            'The stored plan was changed after it was translated. It was not sent.',
            'Something changed the row in the database. Requeue the event to translate it again.'
        ));
        if ($sound === []) {
            return $report;
        }
        try {
            $plans = array_map(static fn (OutboxEntry $entry): string => (string) $entry->planJson, $sound);
            $results = $this->relay->postPlans($plans, $sound[0]->isBackfill);
        } catch (RelayException $failure) {
            return $report->plus($this->failed($sound, $failure));
        }
        $replayed = [];
        $report = $report->plus($this->settle(
            $sound,
            function (OutboxEntry $entry, int $position) use ($results, &$replayed): OutboxEntry {
                $jitter = random_int(0, 1000);
                $next = $this->settlement->ofResult($entry, $results[$position], $this->clock->now(), $jitter);
                if (($results[$position]['status'] ?? null) === self::REPLAYED) {
                    $replayed[] = $next;
                }

                return $next;
            }
        ));
        $known = array_map(
            static fn (OutboxEntry $entry): string => (string) $entry->runId,
            array_filter($replayed, $this->recorder->awaitsResponse(...))
        );

        return $report->plus($this->answersOf(array_filter($known, 'strlen')));
    }

    /**
     * Fetches the results of plans that the relay had before, because the feed reports each result only once.
     *
     * @param string[] $runIds
     */
    private function answersOf(array $runIds): DeliveryReport
    {
        foreach ($runIds as $runId) {
            try {
                $this->feed->record([$this->relay->run($runId)]);
            } catch (RelayException $failure) {
                if ($failure->isRetried()) {
                    return new DeliveryReport(stoppedBy: $failure);
                }
            }
        }

        return new DeliveryReport();
    }

    /**
     * A request that can never succeed is repeated row by row, so that one bad row does not affect the others.
     *
     * @param OutboxEntry[] $batch
     */
    private function failed(array $batch, RelayException $failure): DeliveryReport
    {
        if ($this->leavesFailuresToCron) {
            return $this->settle($batch, $this->settlement->asBefore(...))
                ->plus(new DeliveryReport(stoppedBy: $failure));
        }
        if (!$failure->isRetried() && count($batch) > 1) {
            $report = new DeliveryReport();
            foreach ($batch as $entry) {
                $report = $report->plus($this->deliver([$entry]));
            }

            return $report;
        }
        $report = $this->settle($batch, fn (OutboxEntry $entry): OutboxEntry => $this->settlement->ofFailure(
            $entry,
            $failure,
            $this->clock->now(),
            random_int(0, 1000)
        ));

        return $failure->isRetried() ? $report->plus(new DeliveryReport(stoppedBy: $failure)) : $report;
    }

    /**
     * @param OutboxEntry[] $batch
     * @param \Closure(OutboxEntry, int): OutboxEntry $after the row after the attempt, by its position in the batch
     */
    private function settle(array $batch, \Closure $after): DeliveryReport
    {
        $changes = [];
        foreach ($batch as $position => $entry) {
            $changes[] = [$entry, $after($entry, $position)->released()];
        }
        $settled = array_column($changes === [] ? [] : $this->store->replaceAll($changes), 1);
        $this->recorder->record(...$settled);
        $postponed = array_filter($settled, static fn (OutboxEntry $entry): bool => $entry->state->isUnfinished());
        $dead = array_filter($settled, static fn (OutboxEntry $entry): bool => $entry->state->isDead());

        return new DeliveryReport(
            count($settled) - count($postponed) - count($dead),
            count($postponed),
            count($dead)
        );
    }

    private function isSound(OutboxEntry $entry): bool
    {
        return $entry->planJson !== null && hash('sha256', $entry->planJson) === $entry->contentDigest;
    }

    /**
     * @param OutboxEntry[] $entries
     */
    private function putBack(array $entries): void
    {
        $this->store->replaceAll(array_map(
            static fn (OutboxEntry $entry): array => [$entry, $entry->released()],
            $entries
        ));
    }
}
