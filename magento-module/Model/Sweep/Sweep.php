<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Sweep;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\OutboxStoreInterface;
use Byte8\SageAccounting\Model\Status\CaptureFailure;

/**
 * Finds what Magento has and the outbox lacks: after a failed capture, or a change without a Magento event.
 *
 * Looks back only to the module's first sweep; the sync commands queue older documents.
 */
class Sweep
{
    private const STARTED_AT = 'sweep.began_at';
    private const LAST_AT = 'sweep.last_at.';
    private const ROWS = 500;

    /** A younger row may belong to a transaction that is still open. */
    private const SETTLE_SECONDS = 120;

    private const DATABASE_FORMAT = 'Y-m-d H:i:s';

    public function __construct(
        private readonly MissedRows $missed,
        private readonly OrderSweep $orders,
        private readonly OutboxStoreInterface $store,
        private readonly KeyValueStoreInterface $values,
        private readonly CaptureFailure $failure,
        private readonly Clock $clock
    ) {
    }

    /**
     * @return int number of events that were missed
     */
    public function run(): int
    {
        $before = $this->clock->now()->modify('-' . self::SETTLE_SECONDS . ' seconds')->format(self::DATABASE_FORMAT);
        $since = $this->startedAt();
        $found = $this->orders->run($before);
        foreach (EventName::cases() as $name) {
            if ($name->entityType() === EventName::OrderPlaced->entityType()) {
                continue;
            }
            $found += match ($name->entityType()) {
                'customer', 'product' => $this->sweepChanges($name, $since, $before),
                default => $this->capture($name, $this->missed->documents($name, $since, $before, self::ROWS)),
            };
        }
        $this->forgetFailure();

        return $found;
    }

    /**
     * Clears the failure from the admin once everything from its time has been checked.
     */
    private function forgetFailure(): void
    {
        $since = $this->failure->problem()?->since;
        $lookedAt = $this->clock->now()->modify('-' . self::SETTLE_SECONDS . ' seconds');
        if ($since !== null && new \DateTimeImmutable($since) < $lookedAt) {
            $this->failure->forget();
        }
    }

    /**
     * The start of the first sweep; older documents are not searched for.
     */
    public function startedAt(): string
    {
        $began = $this->values->get(self::STARTED_AT);
        if ($began === null) {
            $began = $this->clock->now()->format(self::DATABASE_FORMAT);
            $this->values->set(self::STARTED_AT, $began);
        }

        return $began;
    }

    /**
     * Checks customers and products by their date of change, from where the last sweep ended.
     */
    private function sweepChanges(EventName $name, string $since, string $before): int
    {
        $bookmark = self::LAST_AT . $name->entityType();
        $rows = $this->missed->changes($name, $this->values->get($bookmark) ?? $since, $before, self::ROWS);
        $found = $this->capture($name, array_filter($rows, static fn (array $row): bool => !$row['is_captured']));
        $last = end($rows);
        $this->values->set($bookmark, count($rows) < self::ROWS || $last === false ? $before : $last['updated_at']);

        return $found;
    }

    /**
     * @param array<int, array{entity_id: int, store_id: int}> $rows
     */
    private function capture(EventName $name, array $rows): int
    {
        return $this->store->capture(...array_map(
            static fn (array $row): CaptureRequest => new CaptureRequest($name, $row['entity_id'], $row['store_id']),
            array_values($rows)
        ));
    }
}
