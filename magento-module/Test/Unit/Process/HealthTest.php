<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Process;

use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Connection\Installation;
use Byte8\SageAccounting\Model\Process;
use Byte8\SageAccounting\Model\Recovery\RelayStanding;
use Byte8\SageAccounting\Model\Status\CaptureFailure;
use Byte8\SageAccounting\Model\Status\Health;
use Byte8\SageAccounting\Model\Status\Trouble;
use Byte8\SageAccounting\Model\Status\Troubles;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Fake\ArrayCache;
use Byte8\SageAccounting\Test\Fake\FakeSite;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;

/**
 * What a person is told, and what not: silence is no health, and a long backfill is no alarm.
 */
class HealthTest extends DatabaseTestCase
{
    private RelayStanding $standing;

    private FakeSite $site;

    private Health $health;

    protected function setUp(): void
    {
        parent::setUp();
        $this->standing = new RelayStanding($this->values, $this->clock);
        $this->site = new FakeSite();
        $installation = new Installation($this->values, $this->site);
        $installation->keep();
        $this->health = new Health(
            new InMemoryConnectionStore(new Connection('https://relay.example', 'shop', 'secret')),
            $installation,
            $this->standing,
            $this->editor,
            $this->syncState,
            new CaptureFailure(new ArrayCache(), $this->clock),
            new Troubles($this->values, $this->clock),
            $this->values,
            $this->clock
        );
        $this->values->set(Process::LAST_RUN, $this->clock->now()->format(\DATE_ATOM));
        $this->standing->keep($this->says('active'));
    }

    public function testAllIsWellAndNothingCries(): void
    {
        self::assertSame([[], [], 0], [$this->codes(), $this->health->notes(), $this->health->needsPerson()]);
    }

    public function testDeliveredDocumentsWithoutAnAnswerAreNamedWhenNothingIsOnItsWay(): void
    {
        $this->pendingSince('2026-11-21 11:00:00');
        self::assertSame(['no_answer'], $this->codes());
        self::assertSame('2026-11-21T11:00:00+00:00', $this->health->troubles()[0]->since);

        $this->pendingSince('2026-11-21 11:45:00');
        self::assertSame([], $this->codes(), 'a quarter of an hour is nothing');
    }

    /**
     * @return iterable<string, array{string, string, string[], string[]}>
     */
    public function reasons(): iterable
    {
        yield 'a long backfill' => ['active', '', [], []];
        yield 'Sage asks for a pause' => ['active', 'sage_throttled', [], ['sage_throttled']];
        yield 'the relay was restored' => ['recovering', 'recovering', [], ['recovering']];
        yield 'Sage cannot be reached' => ['active', 'sage_unreachable', ['no_answer'], []];
        yield 'the consent is gone' => ['token_revoked', 'token_revoked', ['token_revoked', 'no_answer'], []];
    }

    /**
     * @dataProvider reasons
     * @param string[] $troubles
     * @param string[] $notes
     */
    public function testWhatTheRelayKnowsDecidesWhetherItIsAnAlarm(
        string $state,
        string $reason,
        array $troubles,
        array $notes
    ): void {
        $this->pendingSince('2026-11-21 03:00:00');
        $this->standing->keep($this->says($state, $reason, 18943));

        self::assertSame($troubles, $this->codes());
        self::assertSame($notes, array_map(static fn (Trouble $one): string => $one->code, $this->health->notes()));
    }

    public function testDocumentsThatNeedAPersonAreCounted(): void
    {
        for ($id = 1; $id <= 59; $id++) {
            $this->syncState->record(new SyncStateRow('invoice', $id, 'document', SyncStatus::Failed));
        }
        self::assertSame(59, $this->health->needsPerson());
    }

    public function testACopyIsNamed(): void
    {
        $this->site->database = 'staging/magento';
        self::assertSame(['looks_like_a_copy'], $this->codes());
    }

    /**
     * @return string[]
     */
    private function codes(): array
    {
        return array_map(static fn (Trouble $trouble): string => $trouble->code, $this->health->troubles());
    }

    /**
     * @return array<string, mixed>
     */
    private function says(string $state, string $reason = '', int $waiting = 0): array
    {
        return [
            'state' => $state,
            'since' => '2026-11-21T10:00:00Z',
            'reason' => $reason === '' ? null : ['code' => $reason, 'detail' => 'Because.'],
            'waiting' => $waiting,
        ];
    }

    private function pendingSince(string $at): void
    {
        $this->syncState->record(new SyncStateRow('invoice', 7, 'document', SyncStatus::Pending, runId: 'run-7'));
        $this->database->adapter->update('byte8_entity_sync_state', ['updated_at' => $at]);
    }
}
