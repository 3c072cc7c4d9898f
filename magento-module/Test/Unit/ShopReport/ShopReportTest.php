<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\ShopReport;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\ShopReport\ShopReportSchedule;

/**
 * When the relay is told of the shop, and what becomes of a failure.
 */
class ShopReportTest extends ShopReportTestCase
{
    public function testAfterPairingBothAreToldOnceAndThenTheProfileEveryDay(): void
    {
        $this->runCron();
        self::assertSame([0, 0], $this->told(), 'nothing without a connection');

        $this->pair();
        $this->runCron();
        self::assertSame([1, 0], $this->told(), 'a dry run needs settings');
        $this->settings->replaceWith('{}');
        $this->runCron();
        self::assertSame([1, 1], $this->told());
        self::assertSame([self::PROFILE], $this->relay->profiles);
        self::assertSame('2026-11-20', json_decode($this->relay->dryRuns[0], true)['to']);

        for ($minute = 0; $minute < 5 * 24 * 60; $minute += 10) {
            $this->later('10 minutes');
        }
        self::assertContains($this->told(), [[5, 1], [6, 1]]);
        $this->pair();
        $this->runCron();
        self::assertSame(2, $this->told()[1]);
    }

    public function testTotalsOfTheLastDaysAreToldOnceADay(): void
    {
        $this->clock->now = new \DateTimeImmutable('2026-11-21T03:00:00Z');
        $this->pair();
        $this->runCron();
        $this->runCron();
        self::assertSame(['2026-11-13 2026-11-19'], $this->relay->totals, 'in New York it is still the 20th');

        for ($minute = 0; $minute < 3 * 24 * 60; $minute += 10) {
            $this->later('10 minutes');
        }
        self::assertContains(count($this->relay->totals), [3, 4]);
    }

    public function testTotalsThatTheRelayAsksForAreToldOnceInReportsOf31Days(): void
    {
        $this->pair();
        $this->runCron();
        $this->relay->totals = [];
        $this->relay->binding['wanted'] = ['shop_totals' => [
            ['from' => '2026-08-01', 'to' => '2026-09-30'], ['from' => 'nonsense', 'to' => '2026-09-30'], 'nonsense',
        ]];
        $this->parts->statuses->pull();
        $this->runCron();
        $this->later('1 minute');
        self::assertSame(
            ['2026-08-01 2026-08-31', '2026-09-01 2026-09-30'],
            $this->relay->totals,
            'the status may be older than the report'
        );

        $this->clock->now = $this->clock->now->modify('+10 minutes');
        $this->parts->statuses->pull();
        $this->runCron();
        self::assertCount(4, $this->relay->totals, 'the relay still asks');

        $this->relay->binding['wanted'] = null;
        $this->parts->statuses->pull();
        $this->later('1 minute');
        $this->relay->binding['wanted'] = ['shop_totals' => [['from' => '2026-08-01', 'to' => '2026-08-01']]];
        $this->parts->statuses->pull();
        $this->runCron();
        self::assertSame('2026-08-01 2026-08-01', $this->relay->totals[4] ?? null, 'a new wish is served at once');
    }

    public function testAReportThatIsTooLongIsSplitByDays(): void
    {
        $this->totalsBytes = 4_000_001;
        self::assertTrue($this->report()->sendTotals('2026-11-01', '2026-11-03'));
        self::assertSame(
            ['2026-11-01 2026-11-01', '2026-11-02 2026-11-02', '2026-11-03 2026-11-03'],
            array_map('trim', $this->relay->totals)
        );
    }

    public function testARelayThatKnowsNoTotalsIsAskedAgainTheNextDay(): void
    {
        $this->pair();
        $this->relay->reportFailure = new RelayException('http_404', 'HTTP 404', 404);
        $this->runCron();
        self::assertFalse($this->parts->reportSchedule->isDue(ShopReportSchedule::TOTALS));
        self::assertNull($this->parts->problems->of('shop_totals'));

        $this->relay->reportFailure = null;
        $this->clock->now = $this->clock->now->modify('+36 hours');
        $this->runCron();
        self::assertCount(1, $this->relay->totals);
    }

    public function testTheMinuteOfTheDayDiffersFromShopToShop(): void
    {
        $times = [];
        for ($shop = 0; $shop < 5; $shop++) {
            $this->values->remove('installation.secret');
            $this->pair();
            $this->runCron();
            $times[] = $at = (string) $this->values->get('shop_report.profile_at');
            self::assertGreaterThanOrEqual($this->clock->now->modify('+12 hours'), new \DateTimeImmutable($at));
            self::assertLessThan($this->clock->now->modify('+36 hours'), new \DateTimeImmutable($at));
        }

        self::assertGreaterThan(1, count(array_unique($times)));
    }

    public function testAShopThatAnEarlierVersionPairedTellsItsProfileWithoutADryRun(): void
    {
        $this->connections->connection = new Connection('https://relay.example', 'shop', 'secret');
        $this->settings->replaceWith('{}');
        $this->runCron();

        self::assertSame([1, 0], $this->told());
    }

    public function testAnOlderRelayIsNoFaultAndIsAskedAgainTheNextDay(): void
    {
        $this->pair();
        $this->settings->replaceWith('{}');
        $this->relay->reportFailure = new RelayException('http_404', 'HTTP 404', 404);
        $this->runCron();
        $this->later('2 hours');

        self::assertSame([], $this->parts->problems->all());
        self::assertCount(2, $this->logger->messages, 'profile and totals; no dry run is made in vain');
        self::assertStringContainsString('earlier release', $this->logger->messages[0]);
        self::assertFalse($this->report()->sendProfile());
        self::assertNull($this->report()->sendDryRun(3));

        $this->relay->reportFailure = null;
        $this->later('36 hours');
        self::assertSame([1, 1], $this->told());
    }

    public function testARelayThatDoesNotRespondIsTriedAgainBeforeItIsAnAlarm(): void
    {
        $this->pair();
        $this->settings->replaceWith('{}');
        $this->relay->reportFailure = new RelayException('http_503', 'HTTP 503', 503);
        $this->runCron();
        $this->later('1 minute');
        self::assertSame(['http_503'], array_column($this->parts->health()->read()->notices, 'code'));
        self::assertSame([], $this->parts->health()->read()->alarms);

        $this->relay->reportFailure = null;
        $this->later('3 minutes');
        self::assertSame([1, 1], $this->told());
        self::assertSame([], $this->parts->problems->all());
    }

    public function testARefusalIsShownWithWhatToDoAndClearedByANewPairing(): void
    {
        $this->pair();
        $this->relay->reportFailure = new RelayException('body_invalid', 'HTTP 400: no such field', 400);
        $this->runCron();
        $alarm = $this->parts->health()->read()->alarms[0];
        self::assertSame(['shop_report', 'body_invalid'], [$alarm->area, $alarm->code]);
        self::assertStringContainsString('byte8:sage:shop:report', $alarm->suggestion);
        $this->relay->reportFailure = null;
        $this->later('30 minutes');
        self::assertSame([0, 0], $this->told());
        $this->later('30 minutes');
        self::assertSame([1, 0], $this->told());

        $this->relay->reportFailure = new RelayException('body_invalid', 'HTTP 400', 400);
        try {
            $this->report()->sendProfile();
            self::fail('a person who asked is told');
        } catch (RelayException) {
            self::assertCount(1, $this->parts->problems->all());
        }
        $this->pair();
        self::assertSame([], $this->parts->problems->all());
    }

    public function testACopyTellsNothing(): void
    {
        $this->pair();
        $this->parts->facts->baseUrl = 'https://staging.example/';
        $this->parts->installation->check();
        $this->runCron();
        self::assertSame([0, 0], $this->told());

        foreach ([RelayException::looksLikeCopy('x'), new RelayException('not_connected', 'x')] as $failure) {
            $this->relay->reportFailure = $failure;
            try {
                $this->report()->sendProfile();
                self::fail('must be told');
            } catch (RelayException) {
                self::assertSame([], $this->parts->problems->all());
            }
        }
    }

    public function testACoreThatIsMissingIsAskedAgainInAnHour(): void
    {
        $this->pair();
        $this->settings->replaceWith('{}');
        $this->obstacle = new BridgeException('translator_missing', 'no extension', '', 'install it');
        $this->runCron();
        self::assertSame([1, 0], $this->told());
        self::assertStringContainsString('translator_missing', $this->logger->messages[0]);

        $this->obstacle = null;
        $this->later('59 minutes');
        self::assertSame([1, 0], $this->told());
        $this->later('1 minute');
        self::assertSame([1, 1], $this->told());
    }

    public function testWhateverHappensCronGoesOnAndTheStatusNamesIt(): void
    {
        $this->pair();
        $this->profileObstacle = new \RuntimeException('a table is missing');
        $this->runCron();

        $problem = $this->parts->problems->all()[0];
        self::assertSame(['shop_report_failed', 'a table is missing'], [$problem->code, $problem->message]);
        self::assertStringContainsString('a table is missing', $this->logger->messages[0]);
        $this->profileObstacle = null;
        $this->later('1 hour');
        self::assertSame([], $this->parts->problems->all());
    }

    public function testAfterTheClockWasSetBackTheProfileIsDue(): void
    {
        $this->pair();
        $this->runCron();
        $this->clock->now = $this->clock->now->modify('-10 days');
        $this->runCron();

        self::assertSame([2, 0], $this->told());
    }

    public function testADryRunThatWasAskedForIsNotRepeatedWithoutBeingAsked(): void
    {
        $this->pair();
        $this->settings->replaceWith('{}');
        $this->runCron();
        $this->relay->reportFailure = new RelayException('http_503', 'HTTP 503', 503);
        try {
            $this->report()->sendDryRun(3);
            self::fail('must be told');
        } catch (RelayException) {
            $this->relay->reportFailure = null;
        }
        $this->later('2 days');
        self::assertSame([2, 1], $this->told());
        self::assertSame('2026-11-20', $this->report()->sendDryRun(3)?->to);
    }
}
