<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Delivery\DeliverySettlement;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Relay\RelayException;

/**
 * Updates the mirror with the relay's results: by pulling its feed, or with items that the relay pushed.
 *
 * The cursor is stored after every page, so that an interrupted run continues there.
 */
class FeedPull
{
    /** When the relay last reported a result, UTC in ISO 8601. */
    public const ANSWERED_AT = 'feed.answered_at';

    private const CURSOR = 'feed.cursor';
    private const ITEMS_PER_PAGE = 200;
    private const FROM_THE_BEGINNING = '0';

    public function __construct(
        private readonly RelayClientInterface $relay,
        private readonly SyncStateStoreInterface $store,
        private readonly OutboxEditorInterface $outbox,
        private readonly KeyValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    /**
     * @param ?callable(int $items): void $progress called after every page
     * @return int number of items recorded
     * @throws RelayException
     */
    public function pull(\DateTimeImmutable $until, ?callable $progress = null): int
    {
        $recorded = 0;
        $cursor = $this->values->get(self::CURSOR) ?? self::FROM_THE_BEGINNING;
        do {
            $page = $this->relay->syncState($cursor, self::ITEMS_PER_PAGE);
            $recorded += $this->record($page['items']);
            $isNew = $page['next'] !== $cursor;
            $cursor = $page['next'];
            if ($isNew) {
                $this->values->set(self::CURSOR, $cursor);
            }
            if ($page['items'] !== []) {
                $this->values->set(self::ANSWERED_AT, $this->clock->now()->format(\DATE_ATOM));
            }
            if ($progress !== null) {
                $progress(count($page['items']));
            }
        } while ($isNew && $page['items'] !== [] && $this->clock->now() < $until);

        return $recorded;
    }

    /**
     * The next pull starts with the oldest item.
     */
    public function startOver(): void
    {
        $this->values->remove(self::CURSOR);
        $this->store->forgetCursors();
    }

    /**
     * The next pull continues at an earlier cursor: the relay was restored and lost what came after it.
     */
    public function rewindTo(int $cursor): void
    {
        $known = $this->values->get(self::CURSOR);
        if ($known !== null && (preg_match('/^[0-9]{1,18}$/D', $known) !== 1 || (int) $known > $cursor)) {
            $this->values->set(self::CURSOR, (string) $cursor);
        }
    }

    /**
     * @param array<int, array<string, mixed>> $items in the feed's order
     * Skips items older than what the admin shows, because a push may arrive after a later pull.
     *
     * @return int number of items recorded
     */
    public function record(array $items): int
    {
        $now = $this->clock->now()->format('Y-m-d H:i:s');
        $items = $this->ofThisShop($items);
        $rows = array_filter(array_map(
            static fn (array $item): ?SyncStateRow => FeedItem::row($item, $now),
            $items
        ));
        $contacts = array_merge([], ...array_map(
            static fn (array $item): array => FeedItem::contactRows($item, $now),
            $items
        ));
        $this->recordNewer($contacts, $this->cursors($contacts));

        return $this->recordNewer($rows, $this->cursors($rows));
    }

    /**
     * Leaves out results about the earlier document of an id that was used twice: they do not concern the later one.
     *
     * @param array<int, array<string, mixed>> $items
     * @return array<int, array<string, mixed>>
     */
    private function ofThisShop(array $items): array
    {
        $keys = array_values(array_filter(array_column($items, 'key'), 'is_string'));
        $others = $this->outbox->deadLetteredKeys(DeliverySettlement::ID_USED_AGAIN, $keys);

        return array_filter(
            $items,
            static fn (array $item): bool => !in_array($item['key'] ?? null, $others, true)
        );
    }

    /**
     * @param SyncStateRow[] $rows
     * @param array<string, int> $cursors
     * @return int number of rows that say something newer
     */
    private function recordNewer(array $rows, array $cursors): int
    {
        $recorded = 0;
        foreach ($rows as $row) {
            $key = $row->entityType . ':' . $row->magentoId . ':' . $row->aspect;
            if ($row->feedCursor !== null && $row->feedCursor < ($cursors[$key] ?? 0)) {
                continue;
            }
            $cursors[$key] = $row->feedCursor ?? 0;
            $this->store->record($row);
            if ($row->status === SyncStatus::Failed && $row->runId !== null) {
                // After a refusal, the next edit must be sent even if its content is the same.
                $this->outbox->forgetFingerprint($row->runId);
            }
            $recorded++;
        }

        return $recorded;
    }

    /**
     * The feed cursors of the current rows, with one query for each entity type.
     *
     * @param SyncStateRow[] $rows
     * @return array<string, int> by "type:id:aspect"
     */
    private function cursors(array $rows): array
    {
        $ids = [];
        foreach ($rows as $row) {
            $ids[$row->entityType][$row->magentoId] = $row->magentoId;
        }
        $cursors = [];
        foreach ($ids as $entityType => $entityIds) {
            foreach ($this->store->find($entityType, array_values($entityIds)) as $state) {
                foreach ($state->rows as $row) {
                    $cursors[$entityType . ':' . $row->magentoId . ':' . $row->aspect] = $row->feedCursor ?? 0;
                }
            }
        }

        return $cursors;
    }
}
