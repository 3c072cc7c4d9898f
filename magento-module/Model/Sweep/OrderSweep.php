<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Sweep;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Order\OrderCaptureRule;
use Byte8\SageAccounting\Model\Order\OrderItemRows;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\OutboxStoreInterface;
use Byte8\SageAccounting\Model\Settings\OrderSetting;

/**
 * Finds orders whose last change the outbox lacks, by their date of change, from where the last sweep ended.
 *
 * Begins when the merchant's settings first ask for orders; the sync command queues older ones.
 */
class OrderSweep
{
    private const BOOKMARK = 'sweep.last_at.order';
    private const ROWS = 500;

    private const DATABASE_FORMAT = 'Y-m-d H:i:s';

    public function __construct(
        private readonly OrderSetting $setting,
        private readonly ChangedOrders $changed,
        private readonly OrderItemRows $items,
        private readonly OrderCaptureRule $rule,
        private readonly OutboxStoreInterface $store,
        private readonly KeyValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    /**
     * @param string $before UTC, as in the database; younger changes may belong to an open transaction
     * @return int number of events that were missed
     */
    public function run(string $before): int
    {
        if (!$this->setting->isEnabled()) {
            $this->values->remove(self::BOOKMARK);

            return 0;
        }
        $bookmark = $this->values->get(self::BOOKMARK);
        if ($bookmark === null) {
            $this->values->set(self::BOOKMARK, $this->bookmark($this->clock->now()->format(self::DATABASE_FORMAT), 0));

            return 0;
        }
        [$since, $afterId] = explode('|', $bookmark) + ['', 0];
        $rows = $this->changed->between($since, (int) $afterId, $before, self::ROWS);
        $found = $this->store->capture(...$this->requests($rows));
        $last = end($rows);
        if ($last !== false && count($rows) === self::ROWS) {
            $this->values->set(self::BOOKMARK, $this->bookmark($last['updated_at'], $last['entity_id']));
        } elseif ($since < $before) {
            $this->values->set(self::BOOKMARK, $this->bookmark($before, 0));
        }

        return $found;
    }

    /**
     * @param array<int, array{entity_id: int, store_id: int, state: string, updated_at: string}> $orders
     * @return CaptureRequest[]
     */
    private function requests(array $orders): array
    {
        $ids = array_column($orders, 'entity_id');
        $items = $this->items->ofOrders($ids);
        $newest = $this->changed->newestEvents($ids);
        $requests = [];
        foreach ($orders as $order) {
            $id = $order['entity_id'];
            $now = $this->rule->described($order['state'], $items[$id] ?? []);
            if ($now !== null && $this->isMissing($now, $newest[$id] ?? null, $order['updated_at'])) {
                $requests[] = new CaptureRequest($now, $id, $order['store_id']);
            }
        }

        return $requests;
    }

    /**
     * Only an order that was captured before has something to take back.
     *
     * @param ?array{event_name: string, created_at: string} $newest the order's newest event in the outbox
     */
    private function isMissing(EventName $now, ?array $newest, string $updatedAt): bool
    {
        if ($now === EventName::OrderPlaced) {
            return $newest === null || $newest['created_at'] < $updatedAt;
        }

        return $newest !== null && $newest['event_name'] !== $now->value;
    }

    /**
     * The instant of a change and the last order seen of it, because many orders may change in the same second.
     */
    private function bookmark(string $instant, int $entityId): string
    {
        return $instant . '|' . $entityId;
    }
}
