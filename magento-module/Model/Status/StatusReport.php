<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Settings\LiveState;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;

/**
 * The status of the synchronisation, for the command line, the configuration page and the relay.
 */
class StatusReport
{
    /**
     * @param bool $isConnected whether the shop is paired
     * @param string $relayUrl '' while not paired
     * @param string $bindingId '' while not paired
     * @param bool $isDeliveryEnabled whether plans are sent
     * @param array<string, string> $core versions of the core, empty while it is not available
     * @param string $settingsDigest '' while there are none
     * @param ?string $settingsPulledAt UTC in ISO 8601
     * @param array<int, array<string, string>> $settingsProblems
     * @param array<string, int> $outbox rows by state
     * @param array<string, int> $ledger rows of the mirror by status
     * @param ?string $oldestWaiting UTC, as in the database
     * @param ?string $lastRun UTC in ISO 8601
     * @param Problem[] $problems what needs attention
     * @param Problem[] $notices for information
     * @param int $needsPerson documents that need attention
     * @param ?string $oldestUnanswered since when the oldest delivered document has no answer for longer than it
     *     should; UTC, as in the database
     * @param ?string $nextAttempt when a failed delivery is tried again next; UTC, as in the database
     * @param ?string $copyOf address of the shop that was paired, while this one looks like a copy of it
     * @param bool $isLive whether the merchant went live in the ledger
     */
    public function __construct(
        public readonly bool $isConnected,
        public readonly string $relayUrl,
        public readonly string $bindingId,
        public readonly bool $isDeliveryEnabled,
        public readonly array $core,
        public readonly string $settingsDigest,
        public readonly ?string $settingsPulledAt,
        public readonly array $settingsProblems,
        public readonly array $outbox,
        public readonly array $ledger,
        public readonly ?string $oldestWaiting,
        public readonly ?string $lastRun,
        public readonly array $problems,
        public readonly array $notices = [],
        public readonly int $needsPerson = 0,
        public readonly ?string $oldestUnanswered = null,
        public readonly ?string $nextAttempt = null,
        public readonly ?string $copyOf = null,
        public readonly bool $isLive = true
    ) {
    }

    public function dead(): int
    {
        return $this->outbox['dead'] ?? 0;
    }

    public function rejected(): int
    {
        return $this->outbox['rejected'] ?? 0;
    }

    public function waiting(): int
    {
        $waiting = ['captured', 'ready', 'delivering', 'failed'];

        return array_sum(array_intersect_key($this->outbox, array_flip($waiting)));
    }

    /**
     * Events without a result from the ledger, whether they were sent or not.
     */
    public function pending(): int
    {
        return $this->ledger['pending'] ?? 0;
    }

    /**
     * Rows of the outbox by the label of their state, for screens.
     *
     * @return array<string, int>
     */
    public function outboxByLabel(): array
    {
        return $this->byLabel(
            $this->outbox,
            fn (string $value): ?string => !$this->isLive && OutboxState::tryFrom($value)?->isUnfinished()
                ? LiveState::WAITS
                : OutboxState::tryFrom($value)?->label()
        );
    }

    /**
     * Rows of the mirror by the label of their status, for screens.
     *
     * @return array<string, int>
     */
    public function ledgerByLabel(): array
    {
        return $this->byLabel(
            $this->ledger,
            static fn (string $value): ?string => SyncStatus::tryFrom($value)?->label()
        );
    }

    /**
     * How many events wait, and since when, in one line.
     */
    public function waitingText(): string
    {
        $words = [];
        if ($this->waiting() > 0) {
            $words[] = sprintf(
                '%d to be sent%s, %s',
                $this->waiting(),
                $this->isLive ? '' : ' when you go live in the ledger',
                $this->oldestWaiting === null ? 'all on hold' : 'the oldest since ' . $this->oldestWaiting
            );
        }
        if ($this->pending() > 0) {
            $words[] = sprintf('%d without a result from Sage', $this->pending())
                . ($this->oldestUnanswered === null ? '' : ', the oldest since ' . $this->oldestUnanswered);
        }

        return $words === [] ? 'none' : implode('; ', $words);
    }

    /**
     * The report as "byte8:sage:status --json" prints it. Other programs read these names, so they never change.
     *
     * @return array<string, mixed>
     */
    public function toArray(): array
    {
        $values = [];
        foreach (get_object_vars($this) as $name => $value) {
            $values[$name === 'problems' ? 'troubles' : $name] = $value;
        }

        return $values + ['isHealthy' => $this->isHealthy()];
    }

    public function isHealthy(): bool
    {
        return $this->isConnected && $this->problems === [] && $this->needsPerson === 0;
    }

    /**
     * @param array<string, int> $counts by stored value
     * @param \Closure(string): ?string $labelOf
     * @return array<string, int>
     */
    private function byLabel(array $counts, \Closure $labelOf): array
    {
        $byLabel = [];
        foreach ($counts as $value => $number) {
            $label = $labelOf($value) ?? $value;
            $byLabel[$label] = ($byLabel[$label] ?? 0) + $number;
        }

        return $byLabel;
    }
}
