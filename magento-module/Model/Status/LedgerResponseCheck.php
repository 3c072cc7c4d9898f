<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Recovery\RelayRecovery;
use Byte8\SageAccounting\Model\Recovery\SequenceRecovery;
use Byte8\SageAccounting\Model\Relay\BindingStatus;
use Byte8\SageAccounting\Model\SyncState\FeedPull;

/**
 * Explains why documents have no result: an alarm if somebody has to act, a notice if it only takes time.
 */
class LedgerResponseCheck
{
    private const LEDGER = 'ledger';
    private const ANSWERS = 'answers';
    private const RECOVERY = 'recovery';

    /** How long a document may be without a result. */
    private const MINUTES = 30;

    /** How long the notice about a restored shop stays. */
    private const RESTORED_DAYS = 30;

    public function __construct(
        private readonly HealthRows $rows,
        private readonly RelayRecovery $relayRecovery,
        private readonly SequenceRecovery $sequenceRecovery,
        private readonly KeyValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    /**
     * Since when the oldest overdue document waits for its result; UTC as in the database; null for none.
     */
    public function oldest(): ?string
    {
        return $this->rows->oldestUnanswered($this->limit());
    }

    /**
     * @param ?BindingStatus $status the last status from the relay
     * @param ?string $oldest the result of oldest()
     * @return Problem[]
     */
    public function alarms(?BindingStatus $status, ?string $oldest): array
    {
        if ($status !== null && !$status->isServed()) {
            return [$this->notServed($status)];
        }
        if ($oldest === null || $this->isExplained($status)) {
            return [];
        }
        $since = UtcText::instant($oldest);
        [$code, $suggestion] = match (true) {
            $status?->reasonCode === BindingStatus::SAGE_UNREACHABLE => [
                BindingStatus::SAGE_UNREACHABLE,
                (string) __('The relay cannot reach Sage: %1', $status->reasonDetail),
            ],
            $status !== null && $status->reasonCode !== '' => [
                $status->reasonCode,
                (string) __('Reason given by the relay: %1', trim($status->reasonCode . ' ' . $status->reasonDetail)),
            ],
            $status !== null && $status->waiting === 0 => [
                'answers_missing',
                (string) __(
                    'The relay has the results, this shop does not. Run "bin/magento byte8:sage:sync-state:backfill".'
                ),
            ],
            default => ['no_answers', (string) __('Ask the operator of the relay why they are waiting.')],
        };

        return [new Problem(
            self::ANSWERS,
            $code,
            (string) __('Documents that were sent have no result yet.'),
            $suggestion,
            (string) $since?->format(\DATE_ATOM)
        )];
    }

    /**
     * @param ?BindingStatus $status the last status from the relay
     * @param ?string $oldest the result of oldest()
     * @return Problem[]
     */
    public function notices(?BindingStatus $status, ?string $oldest): array
    {
        return array_values(array_filter([
            $this->recovering($status),
            $status !== null && $oldest !== null && $status->isServed() ? $this->takesTime($status, $oldest) : null,
            $status !== null && $status->needsPerson > 0 ? new Problem(
                self::LEDGER,
                'relay_needs_person',
                (string) __('%1 documents need attention at the relay.', $status->needsPerson),
                (string) __('Ask the operator of the relay.'),
                (string) $status->oldestWaitingSince
            ) : null,
            $this->restored(),
        ]));
    }

    private function notServed(BindingStatus $status): Problem
    {
        $isRevoked = in_array(BindingStatus::TOKEN_REVOKED, [$status->state, $status->reasonCode], true);
        $reason = trim($status->state . ' ' . $status->reasonDetail);
        $ofSage = [BindingStatus::ACCESS_DENIED, BindingStatus::SUBSCRIPTION_INACTIVE];
        $remedy = in_array($status->state, $ofSage, true)
            ? (string) __('Fix this in Sage, or connect Sage again at the relay.')
            : (string) __('Ask the operator of the relay.');

        return new Problem(
            self::LEDGER,
            $isRevoked ? BindingStatus::TOKEN_REVOKED : $status->state,
            $isRevoked
                ? (string) __('The connection to Sage has ended. Documents wait at the relay.')
                : (string) __('The relay does not send to Sage: %1', $reason),
            $isRevoked ? (string) __('Connect Sage again at the relay.') : $remedy,
            (string) $status->since
        );
    }

    /**
     * Whether the delay has a known cause that ends by itself.
     */
    private function isExplained(?BindingStatus $status): bool
    {
        if ($status?->state === BindingStatus::RECOVERING || $status?->reasonCode === BindingStatus::SAGE_THROTTLED) {
            return true;
        }
        $answered = UtcText::instant($this->values->get(FeedPull::ANSWERED_AT));
        $isProgressing = $answered !== null && $answered >= $this->limit();

        return $isProgressing && ($status === null || ($status->isOrdinary() && $status->waiting > 0));
    }

    private function takesTime(BindingStatus $status, string $oldest): ?Problem
    {
        if (!$this->isExplained($status) || $status->state === BindingStatus::RECOVERING) {
            return null;
        }
        $paused = UtcText::instant($status->pausedUntil)?->getTimestamp();
        $minutes = $paused === null ? 0 : intdiv($paused - $this->clock->now()->getTimestamp(), 60) + 1;

        return new Problem(
            self::ANSWERS,
            $status->reasonCode === '' ? 'answers_take_time' : $status->reasonCode,
            (string) __('%1 documents are waiting at the relay.', $status->waiting),
            $status->reasonCode === BindingStatus::SAGE_THROTTLED
                ? trim((string) __('Sage limits the number of requests. There is nothing to do.')
                    . ($minutes < 1 ? '' : ' ' . __('The relay continues in %1 minutes at most.', $minutes)))
                : (string) __('There is nothing to do.'),
            (string) UtcText::instant($oldest)?->format(\DATE_ATOM)
        );
    }

    private function recovering(?BindingStatus $status): ?Problem
    {
        $recovery = $status?->recovery;

        return $recovery === null ? null : new Problem(
            self::RECOVERY,
            BindingStatus::RECOVERING,
            (string) __(
                'The relay was restored from a backup. %1 documents are sent again, %2 of them are not finished yet.',
                max($recovery->documents, $this->relayRecovery->offered($recovery)),
                $recovery->open
            ),
            (string) __('There is nothing to do. This ends automatically.'),
            (string) $status?->since
        );
    }

    private function restored(): ?Problem
    {
        $lastDetected = $this->sequenceRecovery->lastDetected();
        $at = UtcText::instant($lastDetected['at'] ?? null);
        $oldest = $this->clock->now()->modify('-' . self::RESTORED_DAYS . ' days');
        if ($lastDetected === null || $at === null || $at < $oldest) {
            return null;
        }

        return new Problem(
            self::RECOVERY,
            'shop_restored',
            (string) __(
                'This shop was restored from a backup: it had recorded %1 events, but the relay knew %2.',
                $lastDetected['from'],
                $lastDetected['to']
            ),
            (string) __('Sage may contain documents from after the backup that this shop has lost. Compare the two.'),
            $lastDetected['at']
        );
    }

    private function limit(): \DateTimeImmutable
    {
        return $this->clock->now()->modify('-' . self::MINUTES . ' minutes');
    }
}
