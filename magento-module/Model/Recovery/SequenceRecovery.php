<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Recovery;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Relay\BindingStatus;

/**
 * Detects that the shop itself was restored from a backup: the relay knows sequences that this database never gave.
 *
 * The shop's sequence continues above them, so that no edit is taken for an older state.
 */
class SequenceRecovery
{
    private const LAST_DETECTED = 'sequence.restored';

    private const ROWS_AT_ONCE = 100;

    /** No real shop reaches this number. A larger one is wrong, and the table would run out of ids. */
    private const HIGHEST = 1_000_000_000_000_000;

    public function __construct(
        private readonly RecoveryStoreInterface $store,
        private readonly OutboxEditorInterface $outbox,
        private readonly KeyValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    /**
     * @return bool whether every waiting row has its new sequence, so that plans may be sent
     */
    public function run(BindingStatus $status, \DateTimeImmutable $until): bool
    {
        $lastDetected = $this->lastDetected();
        if ($status->sequence > $this->highest() && $status->sequence <= self::HIGHEST) {
            $lastDetected = [
                'at' => $this->clock->now()->format(\DATE_ATOM),
                'from' => $this->outbox->highestId(),
                'to' => $status->sequence,
                'done' => false,
            ];
            $this->values->set(self::LAST_DETECTED, (string) json_encode($lastDetected));
        }
        if ($lastDetected === null || $lastDetected['done']) {
            return true;
        }
        if ($this->outbox->highestId() < $lastDetected['to']) {
            $this->store->raiseSequence($lastDetected['to']);
        }
        do {
            $rows = $this->store->recapture($lastDetected['to'], self::ROWS_AT_ONCE);
        } while ($rows > 0 && $this->clock->now() < $until);
        if ($rows === 0) {
            $this->values->set(self::LAST_DETECTED, (string) json_encode(['done' => true] + $lastDetected));
        }

        return $rows === 0;
    }

    /**
     * The highest sequence of this shop. Every new event gets a higher one.
     */
    public function highest(): int
    {
        return max($this->outbox->highestId(), $this->lastDetected()['to'] ?? 0);
    }

    /**
     * When a restore was last detected, from which sequence and up to which; null for never.
     *
     * @return ?array{at: string, from: int, to: int, done: bool}
     */
    public function lastDetected(): ?array
    {
        $known = json_decode((string) $this->values->get(self::LAST_DETECTED), true);

        return is_array($known) ? $known : null;
    }

    /**
     * Another relay knows none of this.
     */
    public function forget(): void
    {
        $this->values->remove(self::LAST_DETECTED);
    }
}
