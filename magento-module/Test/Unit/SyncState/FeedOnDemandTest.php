<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\SyncState;

use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Relay\BindingStatusRepository;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\SyncState\FeedOnDemand;
use Byte8\SageAccounting\Model\SyncState\FeedPull;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FixedClock;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;
use Byte8\SageAccounting\Test\Fake\InMemoryKeyValueStore;
use Byte8\SageAccounting\Test\Fake\InMemorySyncStateStore;
use Magento\Framework\Lock\LockManagerInterface;
use PHPUnit\Framework\TestCase;

/**
 * When an open page asks the relay, and that it never asks too often or beside a sync cycle.
 */
class FeedOnDemandTest extends TestCase
{
    private FakeRelay $relay;

    private FixedClock $clock;

    private InMemoryKeyValueStore $values;

    private InMemoryConnectionStore $connections;

    private bool $isLocked = false;

    protected function setUp(): void
    {
        $this->relay = new FakeRelay();
        $this->clock = new FixedClock();
        $this->values = new InMemoryKeyValueStore();
        $this->connections = new InMemoryConnectionStore(new Connection('https://relay.example', 'shop', 'secret'));
    }

    public function testManyOpenPagesAskOnceInTenSeconds(): void
    {
        foreach ([0, 0, 9, 1, 3] as $seconds) {
            $this->clock->now = $this->clock->now->modify('+' . $seconds . ' seconds');
            $this->pull();
        }
        self::assertCount(2, $this->relay->cursors);

        $this->clock->now = $this->clock->now->modify('-1 day');
        $this->pull();
        self::assertCount(3, $this->relay->cursors, 'the clock was set back');
    }

    public function testNobodyAsksBesideASyncCycle(): void
    {
        $this->isLocked = true;
        $this->pull();
        self::assertSame([], $this->relay->cursors);

        $this->isLocked = false;
        $this->pull();
        self::assertCount(1, $this->relay->cursors);
        self::assertFalse($this->isLocked, 'the lock is given back');
    }

    public function testFailureIsLeftToCron(): void
    {
        $this->relay->feedFailure = RelayException::unreachable('too slow');
        $this->pull();

        self::assertFalse($this->isLocked);
        self::assertSame(['feed.asked_on_demand_at'], array_keys($this->values->values));
    }

    public function testNobodyAsksWithoutAConnectionOrWhileTheRelayRecovers(): void
    {
        $this->connections->forget();
        $this->pull();
        $this->setUp();
        $this->statuses()->save([
            'state' => 'recovering',
            'recovery' => ['recovery_id' => 'r', 'since' => '2026-11-20T12:00:00Z', 'feed_cursor' => 1],
        ]);
        $this->pull();

        self::assertSame([], $this->relay->cursors);
    }

    private function statuses(): BindingStatusRepository
    {
        return new BindingStatusRepository($this->values, $this->relay, $this->clock);
    }

    private function pull(): void
    {
        $lock = $this->createMock(LockManagerInterface::class);
        $lock->method('lock')->willReturnCallback(function (): bool {
            $isFree = !$this->isLocked;
            $this->isLocked = true;

            return $isFree;
        });
        $lock->method('unlock')->willReturnCallback(function (): bool {
            $this->isLocked = false;

            return true;
        });
        $mirror = new InMemorySyncStateStore();
        $outbox = $this->createStub(OutboxEditorInterface::class);
        $feed = new FeedPull($this->relay, $mirror, $outbox, $this->values, $this->clock);
        $onDemand = new FeedOnDemand(
            $feed,
            $this->connections,
            $this->statuses(),
            $lock,
            $this->values,
            $this->clock
        );
        $onDemand->pull();
    }
}
