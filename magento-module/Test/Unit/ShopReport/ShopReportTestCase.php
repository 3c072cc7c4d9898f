<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\ShopReport;

use Byte8\SageAccounting\Cron\ReportShop;
use Byte8\SageAccounting\Model\Canonical\CanonicalJson;
use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\DryRun\DryRunRange;
use Byte8\SageAccounting\Model\DryRun\DryRunSummary;
use Byte8\SageAccounting\Model\Relay\Wishes;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\ShopReport\ScheduledShopReport;
use Byte8\SageAccounting\Model\ShopReport\ShopProfile;
use Byte8\SageAccounting\Model\ShopReport\ShopReport;
use Byte8\SageAccounting\Model\ShopTotals\ShopTotals;
use Byte8\SageAccounting\Model\ShopTotals\TotalsRange;
use Byte8\SageAccounting\Model\SyncCycle;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Database\RelayParts;
use Byte8\SageAccounting\Test\Fake\CollectingLogger;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FakeTranslator;
use Byte8\SageAccounting\Test\Fake\FakeTranslatorFactory;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;

/**
 * A shop that tells its relay of itself, with a relay that counts.
 */
abstract class ShopReportTestCase extends DatabaseTestCase
{
    protected const PROFILE = '{"schema":"1"}';

    protected FakeRelay $relay;

    protected InMemoryConnectionStore $connections;

    protected RelayParts $parts;

    protected SettingsRepository $settings;

    protected CollectingLogger $logger;

    /** What the dry run or the profile meets. */
    protected ?\Exception $obstacle = null;

    protected ?\Exception $profileObstacle = null;

    protected int $totalsBytes = 0;

    protected function setUp(): void
    {
        parent::setUp();
        $this->relay = new FakeRelay();
        $this->connections = new InMemoryConnectionStore();
        $this->parts = new RelayParts($this->database, $this->relay, $this->connections, $this->clock);
        $translators = new FakeTranslatorFactory(new FakeTranslator());
        $this->settings = new SettingsRepository($this->values, $this->relay, $translators, $this->clock);
        $this->logger = new CollectingLogger();
    }

    protected function pair(): void
    {
        $this->parts->pairing($this->settings)->connect(
            new Connection('https://relay.example', 'shop', str_repeat('k', 32))
        );
    }

    protected function later(string $time): void
    {
        $this->clock->now = $this->clock->now->modify('+' . $time);
        $this->runCron();
    }

    protected function runCron(): void
    {
        $this->values->set(SyncCycle::LAST_RUN, $this->clock->now()->format(\DATE_ATOM));
        (new ReportShop($this->scheduled(), $this->clock))->execute();
    }

    protected function scheduled(): ScheduledShopReport
    {
        return new ScheduledShopReport(
            $this->parts->reportSchedule,
            $this->report(),
            $this->connections,
            $this->parts->installation,
            $this->settings,
            new Wishes($this->parts->statuses, $this->values, $this->clock),
            $this->parts->problems,
            $this->logger
        );
    }

    protected function report(): ShopReport
    {
        $profile = $this->createStub(ShopProfile::class);
        $profile->method('json')->willReturnCallback(fn () => $this->profileObstacle === null
            ? self::PROFILE
            : throw $this->profileObstacle);
        $dryRun = $this->createStub(DryRunRange::class);
        $dryRun->method('run')->willReturnCallback(fn () => $this->obstacle === null
            ? new DryRunSummary('2026-11-20', 'digest')
            : throw $this->obstacle);

        return new ShopReport(
            $profile,
            $dryRun,
            $this->totals(),
            new CanonicalJson(),
            $this->relay,
            $this->parts->reportSchedule,
            $this->parts->problems,
            $this->logger,
            $this->clock
        );
    }

    protected function totals(): ShopTotals
    {
        $zone = new \DateTimeZone('America/New_York');
        $totals = $this->createStub(ShopTotals::class);
        $totals->method('timeZone')->willReturn($zone);
        $totals->method('range')->willReturnCallback(
            static fn (string $from, string $to): TotalsRange => TotalsRange::of($from, $to, $zone)
        );
        $totals->method('json')->willReturnCallback(fn (TotalsRange $range): string =>
            $range->from . ' ' . $range->to . str_repeat(' ', $this->totalsBytes));

        return $totals;
    }

    /**
     * @return array{int, int} how many profiles and dry runs the relay has
     */
    protected function told(): array
    {
        return [count($this->relay->profiles), count($this->relay->dryRuns)];
    }
}
