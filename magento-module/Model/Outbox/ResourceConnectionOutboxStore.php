<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\DB\Adapter\AdapterInterface;

/**
 * The outbox in Magento's own database, on the connection of sales documents so that it shares their transaction.
 *
 * Claims without SKIP LOCKED, which the oldest supported MariaDB does not have: a conditional update is the claim.
 */
class ResourceConnectionOutboxStore implements OutboxStoreInterface
{
    public const TABLE = 'byte8_event_outbox';

    private const CONNECTION = 'sales';

    private const DATABASE_FORMAT = 'Y-m-d H:i:s';

    public function __construct(private readonly ResourceConnection $resourceConnection)
    {
    }

    public function capture(CaptureRequest $request): void
    {
        $key = $request->idempotencyKey();
        $this->connection()->insertOnDuplicate(
            $this->table(),
            [
                'event_name' => $request->name->value,
                'entity_type' => $request->name->entityType(),
                'entity_id' => $request->entityId,
                'store_id' => $request->storeId,
                'idempotency_key' => $key,
                'pending_key' => $key,
                'state' => OutboxState::Captured->value,
            ],
            ['pending_key']
        );
    }

    public function claimForTranslation(string $token, int $limit, \DateTimeImmutable $now): array
    {
        $select = $this->connection()->select()
            ->from(['entry' => $this->table()], ['id'])
            ->where('entry.state = ?', OutboxState::Captured->value)
            ->where('entry.claim_token IS NULL')
            ->order('entry.id ASC')
            ->limit($limit);
        $ids = array_map('intval', $this->connection()->fetchCol($select));

        return $this->claim($ids, [OutboxState::Captured], $token, $now);
    }

    public function claimForDelivery(string $token, int $limit, \DateTimeImmutable $now): array
    {
        $connection = $this->connection();
        $olderUnfinished = implode(' AND ', [
            'older.entity_type = entry.entity_type',
            'older.entity_id = entry.entity_id',
            'older.id < entry.id',
            $connection->quoteInto('older.state IN (?)', $this->values(OutboxState::unfinished())),
        ]);
        $select = $connection->select()
            ->from(['entry' => $this->table()], ['id'])
            ->joinLeft(['older' => $this->table()], $olderUnfinished, [])
            ->where('older.id IS NULL')
            ->where('entry.state IN (?)', $this->values(OutboxState::deliverable()))
            ->where('entry.claim_token IS NULL')
            ->where('entry.next_attempt_at IS NULL OR entry.next_attempt_at <= ?', $this->asText($now))
            ->order('entry.id ASC')
            ->limit($limit);
        $ids = array_map('intval', $connection->fetchCol($select));

        return $this->claim($ids, OutboxState::deliverable(), $token, $now);
    }

    public function replace(OutboxEntry $old, OutboxEntry $new): bool
    {
        $changed = $this->connection()->update(
            $this->table(),
            [
                'state' => $new->state->value,
                'event_json' => $new->eventJson,
                'plan_json' => $new->planJson,
                'content_digest' => $new->contentDigest,
                'reason_code' => $new->reasonCode,
                'reason_pointer' => $new->reasonPointer,
                'reason_message' => $new->reasonMessage,
                'reason_suggestion' => $new->reasonSuggestion,
                'attempts' => $new->attempts,
                'claim_token' => $new->claimToken,
                'claimed_at' => $this->asText($new->claimedAt),
                'next_attempt_at' => $this->asText($new->nextAttemptAt),
            ],
            [
                'id = ?' => $old->event->sequence,
                'state = ?' => $old->state->value,
                'claim_token = ?' => (string) $old->claimToken,
            ]
        );

        return $changed === 1;
    }

    public function releaseClaimsOlderThan(\DateTimeImmutable $limit): int
    {
        return (int) $this->connection()->update(
            $this->table(),
            ['claim_token' => null, 'claimed_at' => null],
            ['claim_token IS NOT NULL', 'claimed_at < ?' => $this->asText($limit)]
        );
    }

    /**
     * The condition on state and token is the claim: of two workers with the same ids, the second changes nothing.
     *
     * A customer or product gives up its pending key here, so that an edit from now on makes a row of its own.
     *
     * @param int[] $ids
     * @param OutboxState[] $states
     * @return OutboxEntry[]
     */
    private function claim(array $ids, array $states, string $token, \DateTimeImmutable $now): array
    {
        if ($ids === []) {
            return [];
        }
        $connection = $this->connection();
        $connection->update(
            $this->table(),
            ['claim_token' => $token, 'claimed_at' => $this->asText($now)],
            ['id IN (?)' => $ids, 'state IN (?)' => $this->values($states), 'claim_token IS NULL']
        );
        $upserts = array_filter(EventName::cases(), static fn (EventName $name): bool => $name->isUpsert());
        $connection->update(
            $this->table(),
            ['pending_key' => null],
            ['claim_token = ?' => $token, 'event_name IN (?)' => $this->values($upserts)]
        );
        $select = $connection->select()->from($this->table())->where('claim_token = ?', $token)->order('id ASC');

        return array_map($this->entry(...), $connection->fetchAll($select));
    }

    /**
     * @param array<string, mixed> $row
     */
    private function entry(array $row): OutboxEntry
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
            $this->asInstant($row['next_attempt_at'])
        );
    }

    /**
     * @param array<OutboxState|EventName> $cases
     * @return string[]
     */
    private function values(array $cases): array
    {
        return array_values(array_map(static fn (OutboxState|EventName $case): string => $case->value, $cases));
    }

    private function asText(?\DateTimeImmutable $instant): ?string
    {
        return $instant?->setTimezone(new \DateTimeZone('UTC'))->format(self::DATABASE_FORMAT);
    }

    private function asInstant(?string $text): ?\DateTimeImmutable
    {
        return $text === null ? null : new \DateTimeImmutable($text, new \DateTimeZone('UTC'));
    }

    private function connection(): AdapterInterface
    {
        return $this->resourceConnection->getConnection(self::CONNECTION);
    }

    private function table(): string
    {
        return $this->resourceConnection->getTableName(self::TABLE, self::CONNECTION);
    }
}
