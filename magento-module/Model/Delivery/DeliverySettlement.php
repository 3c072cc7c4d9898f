<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Delivery;

use Byte8\SageAccounting\Model\Outbox\OutboxEntry;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition;
use Byte8\SageAccounting\Model\Relay\RelayException;

/**
 * What becomes of a row after an attempt to deliver it; writes nothing.
 */
class DeliverySettlement
{
    public const SUPERSEDED = 'superseded';
    public const CONFLICT = 'conflict';

    /** Code of the relay's own: this shop was restored from a backup and has given an id once more. */
    public const ID_USED_AGAIN = 'id_used_again';

    public function __construct(private readonly RetrySchedule $schedule)
    {
    }

    /**
     * The row after the relay's own answer about it.
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
            'conflict' => $this->conflict($entry, $text('code'), $text('run_id')),
            'invalid' => $this->dead(
                $entry,
                $text('code') === '' ? 'relay_invalid' : $text('code'),
                $text('pointer'),
                $text('detail') === '' ? 'The relay cannot read the plan.' : $text('detail'),
                'Module and relay may be of different releases. Update both, then requeue the event.'
            ),
            default => $this->ofFailure(
                $entry,
                new RelayException(
                    RelayException::ANSWER_UNREADABLE,
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
        $seconds = $failure->isRetried()
            ? $this->schedule->secondsUntilNext($entry->attempts, $failure->retryAfter, $jitter)
            : null;
        if ($seconds === null) {
            return $this->dead(
                $entry,
                $failure->errorCode,
                $failure->pointer,
                $failure->getMessage(),
                $failure->isRetried() ? 'See that the relay can be reached, then requeue.' : $failure->suggestion()
            );
        }

        return $entry->after(OutboxTransition::FailDelivery, [
            'nextAttemptAt' => $now->modify('+' . $seconds . ' seconds'),
            'reasonCode' => $failure->errorCode,
            'reasonPointer' => $failure->pointer,
            'reasonMessage' => $failure->getMessage(),
            'reasonSuggestion' => $failure->suggestion(),
        ]);
    }

    private function conflict(OutboxEntry $entry, string $code, string $runId): OutboxEntry
    {
        if ($code !== self::ID_USED_AGAIN) {
            return $this->dead(
                $entry,
                self::CONFLICT,
                '',
                'The relay has this event with other content, and that may already be in the ledger.',
                'Look at the document in the ledger before anything else. Nothing was sent a second time.'
            );
        }

        return $this->dead(
            $entry,
            self::ID_USED_AGAIN,
            '',
            'This document has the id of an earlier document that is in the ledger already: the shop was restored '
                . 'from a backup and gives ids again. Nothing was sent.',
            'Compare the two. If this one is right as well, have the operator of the relay run '
                . '"ledger-cli runs:set-aside ' . $runId . '", then send it again. Otherwise cancel it and make it '
                . 'once more, so that it gets another id.'
        );
    }

    public function dead(
        OutboxEntry $entry,
        string $code,
        string $pointer,
        string $message,
        string $suggestion
    ): OutboxEntry {
        return $entry->after(OutboxTransition::GiveUp, [
            'reasonCode' => mb_substr($code, 0, 64),
            'reasonPointer' => $pointer,
            'reasonMessage' => $message,
            'reasonSuggestion' => $suggestion,
            'nextAttemptAt' => null,
        ]);
    }
}
