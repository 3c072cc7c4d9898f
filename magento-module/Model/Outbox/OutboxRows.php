<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\EventName;

/**
 * Converts outbox rows of the database to entries and back; the only place that knows the column formats.
 */
class OutboxRows
{
    /** Columns that a row needs to be found, or to be inserted, and that no transition changes. */
    public const UNCHANGEABLE = ['id', 'event_name', 'entity_type', 'entity_id', 'idempotency_key'];

    private const DATABASE_FORMAT = 'Y-m-d H:i:s';

    /**
     * The columns of a new row.
     *
     * @return array<string, mixed>
     */
    public function captured(CaptureRequest $request): array
    {
        return [
            'event_name' => $request->name->value,
            'entity_type' => $request->name->entityType(),
            'entity_id' => $request->entityId,
            'store_id' => $request->storeId,
            'idempotency_key' => $request->idempotencyKey(),
            'pending_key' => $request->idempotencyKey(),
            'state' => OutboxState::Captured->value,
            'is_forced' => $request->isForced ? 1 : 0,
            'is_backfill' => $request->isBackfill ? 1 : 0,
        ];
    }

    /**
     * @param array<string, mixed> $row
     */
    public function entry(array $row): OutboxEntry
    {
        return new OutboxEntry(
            new CapturedEvent(EventName::from($row['event_name']), (int) $row['entity_id'], (int) $row['id']),
            (int) $row['store_id'],
            OutboxState::from($row['state']),
            $row['event_json'],
            $row['content_digest'],
            $row['plan_json'],
            (string) $row['reason_code'],
            (string) $row['reason_pointer'],
            (string) $row['reason_message'],
            (string) $row['reason_suggestion'],
            (int) $row['attempts'],
            $row['claim_token'],
            $this->asInstant($row['claimed_at']),
            $this->asInstant($row['next_attempt_at']),
            array_values(array_filter(explode(',', (string) $row['fired_rules']), 'strlen')),
            (string) ($row['warnings_json'] ?? '[]'),
            $row['fingerprint'],
            (bool) (int) $row['is_forced'],
            $row['run_id'],
            $row['recovery_id'],
            (bool) (int) $row['is_backfill']
        );
    }

    /**
     * The columns that a transition may change.
     *
     * @return array<string, mixed>
     */
    public function columns(OutboxEntry $entry): array
    {
        return [
            'state' => $entry->state->value,
            'event_json' => $entry->eventJson,
            'plan_json' => $entry->planJson,
            'content_digest' => $entry->contentDigest,
            'reason_code' => $entry->reasonCode,
            'reason_pointer' => mb_substr($entry->reasonPointer, 0, 255),
            'reason_message' => $entry->reasonMessage,
            'reason_suggestion' => $entry->reasonSuggestion,
            'fired_rules' => implode(',', $entry->firedRules),
            'warnings_json' => $entry->warningsJson,
            'fingerprint' => $entry->fingerprint,
            'is_forced' => $entry->isForced ? 1 : 0,
            'run_id' => $entry->runId,
            'recovery_id' => $entry->recoveryId,
            'attempts' => $entry->attempts,
            'claim_token' => $entry->claimToken,
            'claimed_at' => $this->asText($entry->claimedAt),
            'next_attempt_at' => $this->asText($entry->nextAttemptAt),
        ];
    }

    /**
     * The columns that changed, and the state.
     *
     * @return array<string, mixed>
     */
    public function changes(OutboxEntry $old, OutboxEntry $new): array
    {
        $before = $this->columns($old);
        $changed = array_filter(
            $this->columns($new),
            static fn (mixed $value, string $column): bool => $value !== $before[$column],
            ARRAY_FILTER_USE_BOTH
        );

        return ['state' => $new->state->value] + $changed;
    }

    /**
     * The rows after their changes, all with the same columns: those that changed in at least one of them.
     *
     * @param array<int, array{OutboxEntry, OutboxEntry}> $changes rows before and after
     * @return array<int, array<string, mixed>>
     */
    public function changedRows(array $changes): array
    {
        $changed = [];
        foreach ($changes as [$old, $new]) {
            $changed += $this->changes($old, $new);
        }
        $rows = [];
        foreach ($changes as [, $new]) {
            $rows[] = [
                'id' => $new->event->sequence,
                'event_name' => $new->event->name->value,
                'entity_type' => $new->event->name->entityType(),
                'entity_id' => $new->event->entityId,
                'idempotency_key' => $new->event->key(),
            ] + array_intersect_key($this->columns($new), $changed);
        }

        return $rows;
    }

    public function asText(?\DateTimeImmutable $instant): ?string
    {
        return $instant?->setTimezone(new \DateTimeZone('UTC'))->format(self::DATABASE_FORMAT);
    }

    private function asInstant(?string $text): ?\DateTimeImmutable
    {
        return $text === null ? null : new \DateTimeImmutable($text, new \DateTimeZone('UTC'));
    }
}
