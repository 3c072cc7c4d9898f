<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\SyncCycle;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\SyncCycle;
use Byte8\SageAccounting\Test\Database\SyncCycleTestCase;

/**
 * Disasters end to end, on a real database: copies, restored relays, and stopped parts that must raise an alarm.
 */
class HandshakeTest extends SyncCycleTestCase
{
    public function testThousandsPendingAndADeadCronAreNoHealth(): void
    {
        $this->runCycle();
        $this->clock->now = $this->clock->now->modify('+31 minutes');
        $this->database->adapter->update('byte8_entity_sync_state', ['updated_at' => '2026-11-21 12:00:30']);
        $status = $this->status();

        self::assertSame('2 without a result from Sage, the oldest since 2026-11-21 12:00:30', $status->waitingText());
        self::assertSame(['cron_not_running', 'no_answers'], array_column($status->problems, 'code'));
        self::assertFalse($status->isHealthy());
    }

    public function testALongBackfillIsNoAlarmThoughTheRelayLimitsRequests(): void
    {
        for ($minute = 0; $minute < 10; $minute++) {
            $this->clock->now = $this->clock->now->modify('+1 minute');
            $this->relay->answer = static fn () => throw new RelayException('too_many', 'HTTP 429', 429);
            $this->relay->feedFailure = new RelayException('too_many', 'HTTP 429', 429);
            $this->runCycle();
        }

        self::assertSame([], $this->status()->problems);
        self::assertSame(['too_many'], array_column($this->status()->notices, 'code'));
    }

    public function testACopyTranslatesAndSaysNothingToTheRelay(): void
    {
        $this->runCycle();
        $this->captured(EventName::InvoiceCreated, 35);
        $this->relay->requests = [];
        $this->relay->cursors = [];
        $this->parts->facts->baseUrl = 'https://staging.example/';
        $done = $this->runCycle();
        self::assertSame([1, 0], [$done['translation']->translated, $done['delivery']->delivered]);
        self::assertSame([[], []], [$this->relay->requests, $this->relay->cursors]);
        self::assertSame(['delivered' => 2, 'ready' => 1], $this->editor->counts());
        $status = $this->status();
        self::assertSame(['shop_looks_like_copy'], array_column($status->problems, 'code'));
        self::assertSame(['https://shop.example/', false], [$status->copyOf, $status->isHealthy()]);

        $this->parts->move()->confirm();
        self::assertSame(1, $this->runCycle()['delivery']->delivered);
        self::assertTrue($this->status()->isHealthy());
        self::assertNull($this->status()->copyOf);
    }

    public function testAnotherInstallationStopsTheShopAndNothingDies(): void
    {
        $this->settings->replaceWith('{"schema":"1"}');
        $this->relay->failure = new RelayException('other_installation', 'HTTP 409: Another shop', 409);
        for ($minute = 0; $minute < 50; $minute++) {
            $this->clock->now = $this->clock->now->modify('+1 minute');
            $this->runCycle();
        }
        self::assertSame([], $this->relay->requests);
        self::assertSame(['ready' => 2], $this->editor->counts());
        $problem = $this->status()->problems[0];
        self::assertSame('other_installation', $problem->code);
        self::assertStringContainsString('Another shop uses this connection', $problem->message);

        $this->relay->failure = null;
        $this->assertEverythingArrived();
    }

    public function testARelayOfAnEarlierReleaseIsServedAsBefore(): void
    {
        $this->relay->bindingFailure = new RelayException('http_404', 'HTTP 404', 404);
        $this->assertEverythingArrived();
        self::assertTrue($this->status()->isHealthy());
    }

    public function testARestoredRelayGetsEverythingAgainAndIsToldAtTheEnd(): void
    {
        foreach (['sales_invoice', 'sales_creditmemo', 'customer_entity', 'catalog_product_entity'] as $table) {
            $this->database->adapter->execute('CREATE TEMPORARY TABLE ' . $table . ' (entity_id INT UNSIGNED)');
        }
        $item = static fn (int $id, int $cursor, string $run): array => ['key' => 'invoice.created:' . $id,
            'cursor' => (string) $cursor, 'status' => 'succeeded', 'run_id' => $run, 'sage_reference' => 'SI-' . $id];
        $this->relay->pages = [['items' => [$item(33, 7, 'a'), $item(34, 8, 'b')], 'next' => '8']];
        $this->runCycle();
        $this->relay->requests = $this->relay->cursors = [];
        $this->relay->binding['recovery'] = ['recovery_id' => 'r-1', 'since' => '2026-11-21T11:30:00Z',
            'feed_cursor' => '5', 'offered' => false, 'documents' => 0, 'open' => 0];
        $this->relay->binding['state'] = 'recovering';
        $this->relay->pages = [['items' => [], 'next' => '5']];
        $this->runCycle();

        self::assertCount(2, array_merge([], ...$this->relay->requests));
        self::assertSame('5', $this->relay->cursors[0]);
        self::assertSame('r-1', $this->relay->completed[0][0] ?? null);
        self::assertSame(34, $this->relay->completed[0][1]['invoice']);
        $status = $this->status();
        self::assertSame([true, ['recovering']], [$status->isHealthy(), array_column($status->notices, 'code')]);
        self::assertSame(['synced' => 2], $status->ledger, 'chips stay');
        $this->runCycle();
        self::assertCount(1, $this->relay->completed);
        self::assertCount(2, array_merge([], ...$this->relay->requests), 'and not again');
    }

    public function testSilentCronIsNamed(): void
    {
        $this->database->adapter->update('byte8_event_outbox', ['created_at' => '2026-11-21 11:00:00']);
        $this->values->set(SyncCycle::LAST_RUN, '2026-11-21T11:00:00+00:00');

        self::assertContains('cron_not_running', array_column($this->status()->problems, 'code'));
        $this->runCycle();
        self::assertNotContains('cron_not_running', array_column($this->status()->problems, 'code'));
    }
}
