<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Delivery;

use Byte8\SageAccounting\Model\Outbox\OutboxEntry;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition;
use Byte8\SageAccounting\Model\Relay\RelayException;

/**
 * Computes the row after a delivery attempt; writes nothing.
 */
class DeliverySettlement
{
    public const SUPERSEDED = 'superseded';
    public const CONFLICT = 'conflict';

    /** Code from the relay: after a restore from a backup, the shop used an id a second time. */
    public const ID_USED_AGAIN = 'id_used_again';

    private const LONGEST_DETAIL = 500;

    /** After this time a refused shop tries again. */
    private const REFUSED_SECONDS = 60;

    public function __construct(private readonly RetrySchedule $schedule)
    {
    }

    /**
     * The row after the relay's result for it.
     *
     * @param array<string, mixed> $result one of the results of POST /v1/plans
     * @param int $jitter 0 to 1000
     */
    public function ofResult(
        OutboxEntry $entry,
        array $result,
        \DateTimeImmutable $now,
        int $jitter
    ): OutboxEntry {
        $status = is_string($result['status'] ?? null) ? $result['status'] : '';
        $text = static fn (string $name): string => is_string($result[$name] ?? null) ? $result[$name] : '';
        if (($result['key'] ?? null) !== $entry->event->key() && $status !== 'invalid') {
            $status = '';
        }

        return match ($status) {
            'accepted', 'replayed' => $entry->after(OutboxTransition::ConfirmDelivery, [
                'runId' => $text('run_id') === '' ? null : $text('run_id'),
                'reasonCode' => '',
                'reasonPointer' => '',
                'reasonMessage' => '',
                'reasonSuggestion' => '',
            ]),
            'superseded' => $entry->after(OutboxTransition::ConfirmDelivery, [
                'runId' => $text('run_id') === '' ? null : $text('run_id'),
                'reasonCode' => self::SUPERSEDED,
                'reasonPointer' => '',
                'reasonMessage' => 'The relay already has a newer state of this record.',
                'reasonSuggestion' => '',
            ]),
            'conflict' => $text('code') === self::ID_USED_AGAIN
                ? $this->idUsedAgain($entry, $text('pointer'), $text('detail'), $text('run_id'))
                : $this->dead(
                    $entry,
                    self::CONFLICT,
                    $text('pointer'),
                    trim('The relay has this event with different content, which may already be in Sage. '
                        . mb_substr($text('detail'), 0, self::LONGEST_DETAIL)),
                    'Check the document in Sage first. Nothing was sent a second time.'
                ),
            'invalid' => $this->dead(
                $entry,
                $text('code') === '' ? 'relay_invalid' : $text('code'),
                $text('pointer'),
                $text('detail') === '' ? 'The relay cannot read the plan.' : $text('detail'),
                'Module and relay may have different versions. Update both, then requeue the event.'
            ),
            default => $this->ofFailure(
                $entry,
                new RelayException(
                    RelayException::RESPONSE_UNREADABLE,
                    sprintf('The relay\'s result cannot be read: status "%s".', mb_substr($status, 0, 32))
                ),
                $now,
                $jitter
            ),
        };
    }

    /**
     * The row after a request that failed as a whole.
     *
     * @param int $jitter 0 to 1000
     */
    public function ofFailure(
        OutboxEntry $entry,
        RelayException $failure,
        \DateTimeImmutable $now,
        int $jitter
    ): OutboxEntry {
        if ($failure->isNotLive()) {
            return $this->asBefore($entry);
        }
        if ($failure->isOtherInstallation()) {
            // The relay refused the shop, not the plan. So the attempt does not count.
            return $entry->after(OutboxTransition::FailDelivery, [
                'attempts' => max(0, $entry->attempts - 1),
                'nextAttemptAt' => $now->modify('+' . self::REFUSED_SECONDS . ' seconds'),
                'reasonCode' => $failure->errorCode,
                'reasonPointer' => '',
                'reasonMessage' => $failure->getMessage(),
                'reasonSuggestion' => $failure->suggestion(),
            ]);
        }
        $seconds = $failure->isRetried()
            ? $this->schedule->secondsUntilNext($entry->attempts, $failure->retryAfter, $jitter)
            : null;
        if ($seconds === null) {
            return $this->dead(
                $entry,
                $failure->errorCode,
                $failure->pointer,
                $failure->getMessage(),
                $failure->isRetried()
                    ? 'Check that the relay can be reached, then requeue the event.'
                    : $failure->suggestion()
            );
        }

        $next = $now->modify('+' . $seconds . ' seconds');

        return $entry->after(OutboxTransition::FailDelivery, [
            'nextAttemptAt' => $next,
            'reasonCode' => $failure->errorCode,
            'reasonPointer' => $failure->pointer,
            'reasonMessage' => $failure->getMessage(),
            'reasonSuggestion' => $failure->suggestion($next),
        ]);
    }

    /**
     * The row as if it had not been sent: the next run sends the same bytes, and the attempt does not count.
     */
    public function asBefore(OutboxEntry $entry): OutboxEntry
    {
        return $entry->after(OutboxTransition::Postpone, [
            'attempts' => max(0, $entry->attempts - 1),
            'nextAttemptAt' => null,
            'reasonCode' => '',
            'reasonPointer' => '',
            'reasonMessage' => '',
            'reasonSuggestion' => '',
        ]);
    }

    public function dead(
        OutboxEntry $entry,
        string $code,
        string $pointer,
        string $message,
        string $suggestion
    ): OutboxEntry {
        return $entry->after(OutboxTransition::DeadLetter, [
            'reasonCode' => mb_substr($code, 0, 64),
            'reasonPointer' => $pointer,
            'reasonMessage' => $message,
            'reasonSuggestion' => $suggestion,
            'nextAttemptAt' => null,
        ]);
    }

    /**
     * A shop that was restored from a backup uses ids and numbers a second time.
     */
    private function idUsedAgain(OutboxEntry $entry, string $pointer, string $detail, string $runId): OutboxEntry
    {
        return $this->dead(
            $entry,
            self::ID_USED_AGAIN,
            $pointer,
            trim('This Magento document has the id of another document that is already in Sage. Nothing was sent. '
                . mb_substr($detail, 0, self::LONGEST_DETAIL)),
            sprintf(
                'Compare the two documents. If this one is correct, ask the operator of the relay to run "ledger-cli '
                . 'runs:set-aside %s", then press Resync. Otherwise cancel this document and create it again, so '
                . 'that it gets a new number.',
                $runId === '' ? 'RUN' : $runId
            )
        );
    }
}
