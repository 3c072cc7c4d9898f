<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Backfill;

use Byte8\SageAccounting\Console\DateOption;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxState;

/**
 * The backfill that a person starts in the admin. Cron works on it in slices.
 *
 * The request is written by the admin only and the progress by cron only, so neither can overwrite the other's.
 */
class BackfillJob
{
    /** While so many events wait to be sent, no more are queued. Today's documents go before them in any case. */
    public const MOST_WAITING = 50_000;

    private const REQUEST = 'backfill.request';
    private const PROGRESS = 'backfill.progress';

    public function __construct(
        private readonly Backfill $backfill,
        private readonly DateOption $dates,
        private readonly OutboxEditorInterface $outbox,
        private readonly KeyValueStoreInterface $values,
        private readonly Clock $clock,
        private readonly int $mostWaiting = self::MOST_WAITING
    ) {
    }

    /**
     * The number of records by kind.
     *
     * @param string[] $types
     * @return array<string, int>
     * @throws \InvalidArgumentException when days or kinds make no sense
     */
    public function count(string $from, string $to, array $types): array
    {
        $filter = $this->filter($from, $to);
        if ($types === [] || array_diff($types, BackfillRequest::TYPES) !== []) {
            throw new \InvalidArgumentException((string) __('Choose at least one kind of record.'));
        }
        $records = [];
        foreach (array_intersect(BackfillRequest::TYPES, $types) as $type) {
            $records[$type] = $this->backfill->count($type, $filter, false);
        }

        return $records;
    }

    /**
     * @param string[] $types
     * @throws \InvalidArgumentException when days or kinds make no sense, or when a backfill runs
     */
    public function start(string $from, string $to, array $types, string $person): void
    {
        $records = $this->count($from, $to, $types);
        if ($this->isUnfinished()) {
            throw new \InvalidArgumentException((string) __('Another backfill is not finished yet.'));
        }
        $request = new BackfillRequest(
            bin2hex(random_bytes(16)),
            $from,
            $to,
            $records,
            $person,
            $this->clock->now()->format(\DATE_ATOM)
        );
        $this->values->set(self::REQUEST, $request->toJson());
    }

    public function stop(): void
    {
        $this->change(true);
    }

    public function resume(): void
    {
        $this->change(false);
    }

    /**
     * Forgets a backfill that is stopped or finished. What it queued stays queued.
     */
    public function discard(): void
    {
        if ($this->request()?->isStopped || !$this->isUnfinished()) {
            $this->values->remove(self::REQUEST);
        }
    }

    /**
     * The last backfill that was started; null for none.
     */
    public function request(): ?BackfillRequest
    {
        return BackfillRequest::fromJson($this->values->get(self::REQUEST));
    }

    public function progress(): ?BackfillProgress
    {
        $request = $this->request();
        if ($request === null) {
            return null;
        }
        $progress = BackfillProgress::fromJson($this->values->get(self::PROGRESS));

        return $progress?->id === $request->id ? $progress : new BackfillProgress($request->id);
    }

    /**
     * Whether it pauses until more of what it queued has been sent.
     */
    public function isPaused(): bool
    {
        return $this->room() === 0;
    }

    /**
     * Continues the backfill until it is finished or stopped, the time is up, or too many events wait.
     */
    public function run(\DateTimeImmutable $until): void
    {
        $room = $this->room();
        while ($this->clock->now() < $until && $room > 0) {
            $request = $this->request();
            $progress = $this->progress();
            if ($request === null || $progress === null || $request->isStopped || $progress->finishedAt !== null) {
                return;
            }
            $next = $this->step($request, $progress);
            $this->values->set(self::PROGRESS, $next->toJson());
            $room -= $next->queued - $progress->queued;
        }
    }

    /**
     * How many events may be queued until too many wait. Read once for a turn, because reading it takes long.
     */
    private function room(): int
    {
        $waiting = 0;
        foreach ([OutboxState::Captured, OutboxState::Ready] as $state) {
            $waiting += count($this->outbox->ids($state, $this->mostWaiting));
        }

        return max(0, $this->mostWaiting - $waiting);
    }

    private function step(BackfillRequest $request, BackfillProgress $progress): BackfillProgress
    {
        $types = array_diff(array_keys($request->records), $progress->finished);
        $type = reset($types);
        if ($type === false) {
            return $progress->complete($this->clock->now()->format(\DATE_ATOM));
        }
        $filter = $this->filter($request->from, $request->to);
        $batch = $this->backfill->batch($type, $filter, [], false, $progress->lastId);

        return $batch === null ? $progress->finishing($type) : $progress->after($type, $batch);
    }

    private function isUnfinished(): bool
    {
        $progress = $this->progress();

        return $progress !== null && $progress->finishedAt === null;
    }

    private function change(bool $isStopped): void
    {
        $request = $this->request();
        if ($request !== null) {
            $this->values->set(self::REQUEST, $request->with($isStopped)->toJson());
        }
    }

    private function filter(string $from, string $to): BackfillFilter
    {
        $filter = new BackfillFilter([], $this->dates->beginning($from), $this->dates->end($to));
        if ($filter->from >= $filter->to) {
            throw new \InvalidArgumentException((string) __('The first day must not be after the last one.'));
        }

        return $filter;
    }
}
