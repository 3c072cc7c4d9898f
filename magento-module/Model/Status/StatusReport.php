<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

/**
 * How things stand, for the command line, the config page and the relay.
 */
class StatusReport
{
    /**
     * @param bool $isConnected whether the shop is paired
     * @param string $relayUrl '' while not paired
     * @param string $bindingId '' while not paired
     * @param bool $isDeliveryEnabled whether plans leave the shop
     * @param array<string, string> $core versions of the core, empty while it cannot be asked
     * @param string $settingsDigest '' while there are none
     * @param ?string $settingsPulledAt UTC in ISO 8601
     * @param array<int, array<string, string>> $settingsProblems
     * @param array<string, int> $outbox rows by state
     * @param array<string, int> $ledger rows of the mirror by status
     * @param ?string $oldestWaiting when the oldest event was captured that has not left yet; UTC, as in the database
     * @param ?string $unansweredSince since when the first delivered document has no answer; UTC, as in the database
     * @param ?string $lastRun UTC in ISO 8601
     * @param ?string $relayAnsweredAt UTC in ISO 8601
     * @param int $needsPerson documents that only a person can bring on, counted up to Health::MOST
     * @param Trouble[] $troubles
     * @param Trouble[] $notes worth knowing; nobody need do anything
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
        public readonly ?string $unansweredSince,
        public readonly ?string $lastRun,
        public readonly ?string $relayAnsweredAt,
        public readonly int $needsPerson,
        public readonly array $troubles,
        public readonly array $notes = []
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

    public function isHealthy(): bool
    {
        return $this->isConnected
            && $this->troubles === []
            && $this->needsPerson === 0
            && $this->dead() + $this->rejected() === 0;
    }
}
