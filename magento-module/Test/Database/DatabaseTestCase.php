<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Database;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\KeyValue\ResourceConnectionKeyValueStore;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\OutboxEntry;
use Byte8\SageAccounting\Model\Outbox\OutboxRows;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition;
use Byte8\SageAccounting\Model\Outbox\ResourceConnectionOutboxEditor;
use Byte8\SageAccounting\Model\Outbox\ResourceConnectionOutboxStore;
use Byte8\SageAccounting\Model\SyncState\ResourceConnectionSyncStateStore;
use Byte8\SageAccounting\Model\SyncState\SyncStateRows;
use Byte8\SageAccounting\Test\Fake\FixedClock;
use PHPUnit\Framework\TestCase;

/**
 * The module's stores on a new database, and helpers that bring rows into a state.
 */
abstract class DatabaseTestCase extends TestCase
{
    protected TestDatabase $database;

    protected ResourceConnectionOutboxStore $store;

    protected ResourceConnectionOutboxEditor $editor;

    protected ResourceConnectionSyncStateStore $syncState;

    protected ResourceConnectionKeyValueStore $values;

    protected FixedClock $clock;

    protected function setUp(): void
    {
        $this->database = TestDatabase::fresh();
        $rows = new OutboxRows();
        $this->syncState = new ResourceConnectionSyncStateStore($this->database->tables, new SyncStateRows());
        $this->store = new ResourceConnectionOutboxStore($this->database->tables, $rows, $this->syncState);
        $this->editor = new ResourceConnectionOutboxEditor($this->database->tables, $rows);
        $this->values = new ResourceConnectionKeyValueStore($this->database->tables);
        $this->clock = new FixedClock();
    }

    protected function tearDown(): void
    {
        $this->database->adapter->close();
    }

    protected function captured(EventName $name, int $entityId, bool $isForced = false): void
    {
        $this->store->capture(new CaptureRequest($name, $entityId, 1, $isForced));
    }

    /**
     * Captures an event and takes it through transitions.
     *
     * @param array<string, mixed> $changes applied with the first transition
     */
    protected function stored(
        EventName $name,
        int $entityId,
        array $changes,
        OutboxTransition ...$transitions
    ): OutboxEntry {
        $this->captured($name, $entityId);
        $token = bin2hex(random_bytes(8));
        $entry = null;
        foreach ($this->store->claimForTranslation($token, PHP_INT_MAX, $this->clock->now()) as $claimed) {
            $isOurs = $claimed->event->name === $name && $claimed->event->entityId === $entityId;
            $entry = $isOurs ? $claimed : $entry;
            if (!$isOurs) {
                $this->store->replace($claimed, $claimed->released());
            }
        }
        self::assertNotNull($entry);
        foreach ($transitions as $transition) {
            $next = $entry->after($transition, $changes);
            self::assertTrue($this->store->replace($entry, $next));
            $entry = $next;
            $changes = [];
        }
        self::assertTrue($this->store->replace($entry, $entry->released()));

        return $entry->released();
    }

    /**
     * @return array<string, mixed> changes that freeze a plan
     */
    protected static function plan(string $plan): array
    {
        return ['planJson' => $plan, 'contentDigest' => hash('sha256', $plan), 'eventJson' => '{}'];
    }
}
