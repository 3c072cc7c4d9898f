<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Database\SalesTables;
use Magento\Framework\DB\Select;

/**
 * What people, status pages and the clean-up do with the outbox in Magento's database.
 */
class ResourceConnectionOutboxEditor implements OutboxEditorInterface
{
    private const FINISHED = [OutboxState::Delivered, OutboxState::Skipped];

    public function __construct(private readonly SalesTables $tables, private readonly OutboxRows $rows)
    {
    }

    public function list(array $states, int $limit): array
    {
        $select = $this->select()->order('id DESC')->limit($limit);
        if ($states !== []) {
            $select->where('state IN (?)', $this->values($states));
        }

        return $this->records($select);
    }

    public function find(int $id): ?OutboxRecord
    {
        return $this->records($this->select()->where('id = ?', $id))[0] ?? null;
    }

    public function ofEntity(string $entityType, int $entityId): array
    {
        return $this->records(
            $this->select()->where('entity_type = ?', $entityType)->where('entity_id = ?', $entityId)->order('id DESC')
        );
    }

    public function counts(): array
    {
        return array_map('intval', $this->tables->connection()->fetchPairs(
            $this->tables->connection()->select()
                ->from($this->tables->outbox(), ['state', 'number' => 'COUNT(*)'])
                ->group('state')
        ));
    }

    public function highestId(): int
    {
        return (int) $this->tables->connection()->fetchOne(
            $this->tables->connection()->select()->from($this->tables->outbox(), ['highest' => 'MAX(id)'])
        );
    }

    public function oldestWaiting(): ?string
    {
        $oldest = $this->tables->connection()->fetchOne(
            $this->tables->connection()->select()
                ->from(['entry' => $this->tables->outbox()], ['oldest' => 'MIN(entry.created_at)'])
                ->joinLeft(
                    ['hold' => $this->tables->hold()],
                    'hold.entity_type = entry.entity_type AND hold.magento_id = entry.entity_id',
                    []
                )
                ->where('hold.magento_id IS NULL')
                ->where('entry.state IN (?)', $this->values(OutboxState::unfinished()))
        );

        return is_string($oldest) ? $oldest : null;
    }

    public function apply(OutboxTransition $transition, array $ids): int
    {
        $changed = 0;
        foreach ($ids as $id) {
            $old = $this->find($id)?->entry;
            if ($old === null || $old->claimToken !== null || !$transition->isAllowedFrom($old->state)) {
                continue;
            }
            $fresh = ['attempts' => 0, 'nextAttemptAt' => null, 'recoveryId' => null];
            $new = $old->after($transition, $transition === OutboxTransition::Retranslate
                ? ['planJson' => null, 'contentDigest' => null, 'fingerprint' => null, 'isForced' => true] + $fresh
                : $fresh);
            $changed += (int) $this->tables->connection()->update(
                $this->tables->outbox(),
                // What a person asks for does not wait behind a backfill.
                $this->rows->columns($new) + ['is_backfill' => 0],
                ['id = ?' => $id, 'state = ?' => $old->state->value, 'claim_token IS NULL']
            );
        }

        return $changed;
    }

    public function ids(OutboxState $state, int $limit): array
    {
        return array_map('intval', $this->tables->connection()->fetchCol(
            $this->tables->connection()->select()
                ->from($this->tables->outbox(), ['id'])
                ->where('state = ?', $state->value)
                ->order('id ASC')
                ->limit($limit)
        ));
    }

    public function deadLetteredKeys(string $reasonCode, array $keys): array
    {
        return $keys === [] ? [] : $this->tables->connection()->fetchCol(
            $this->tables->connection()->select()
                ->from($this->tables->outbox(), ['pending_key'])
                // A document keeps its pending key for ever.
                ->where('pending_key IN (?)', $keys)
                ->where('state = ?', OutboxState::Dead->value)
                ->where('reason_code = ?', $reasonCode)
        );
    }

    public function forgetFingerprint(string $runId): void
    {
        $this->tables->connection()->update(
            $this->tables->outbox(),
            ['fingerprint' => null],
            ['run_id = ?' => $runId]
        );
    }

    public function cleanUp(\DateTimeImmutable $before): int
    {
        $connection = $this->tables->connection();
        $upserts = array_filter(EventName::cases(), static fn (EventName $name): bool => $name->isUpsert());
        $old = [
            'state IN (?)' => $this->values(self::FINISHED),
            'updated_at < ?' => $this->rows->asText($before),
            'claim_token IS NULL',
        ];
        $newest = $connection->fetchCol(
            $connection->select()
                ->from($this->tables->outbox(), ['newest' => 'MAX(id)'])
                ->where('event_name IN (?)', $this->values($upserts))
                ->group(['entity_type', 'entity_id'])
        );
        $removable = $old + ['event_name IN (?)' => $this->values($upserts)];
        if ($newest !== []) {
            $removable['id NOT IN (?)'] = array_map('intval', $newest);
        }

        return (int) $connection->delete($this->tables->outbox(), $removable)
            + (int) $connection->update(
                $this->tables->outbox(),
                ['event_json' => null, 'plan_json' => null],
                $old + ['event_json IS NOT NULL OR plan_json IS NOT NULL']
            );
    }

    private function select(): Select
    {
        return $this->tables->connection()->select()->from($this->tables->outbox());
    }

    /**
     * @return OutboxRecord[]
     */
    private function records(Select $select): array
    {
        return array_map(fn (array $row): OutboxRecord => new OutboxRecord(
            $this->rows->entry($row),
            (string) $row['created_at'],
            (string) $row['updated_at']
        ), $this->tables->connection()->fetchAll($select));
    }

    /**
     * @param array<OutboxState|EventName> $cases
     * @return string[]
     */
    private function values(array $cases): array
    {
        return array_values(array_map(static fn (OutboxState|EventName $case): string => $case->value, $cases));
    }
}
