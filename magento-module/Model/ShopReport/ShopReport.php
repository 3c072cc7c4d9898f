<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopReport;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Canonical\CanonicalJson;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\DryRun\DryRunRange;
use Byte8\SageAccounting\Model\DryRun\DryRunSummary;
use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\ShopTotals\ShopTotals;
use Byte8\SageAccounting\Model\ShopTotals\TotalsRange;
use Byte8\SageAccounting\Model\Status\Problems;
use Psr\Log\LoggerInterface;

/**
 * Tells the relay the shop's profile, what its documents of some days would become, and what they add up to.
 *
 * A relay of an earlier release does not know these requests. That is no failure.
 */
class ShopReport
{
    private const NOT_FOUND = 404;

    /** Documents change after their day; the totals of the last days are told again. */
    private const RECENT_DAYS = 7;

    /** Below the relay's limit of 8 MiB for a request; longer reports are split by days. */
    private const MOST_BYTES = 4_000_000;


    private const REFUSED = 'Documents are sent all the same. Bring module and relay to the same release, then press '
        . '"Send to the relay" on the configuration page or run "bin/magento byte8:sage:shop:report".';

    public function __construct(
        private readonly ShopProfile $profile,
        private readonly DryRunRange $dryRun,
        private readonly ShopTotals $totals,
        private readonly CanonicalJson $json,
        private readonly RelayClientInterface $relay,
        private readonly ShopReportSchedule $schedule,
        private readonly Problems $problems,
        private readonly LoggerInterface $logger,
        private readonly Clock $clock
    ) {
    }

    /**
     * @return bool false if the relay is of an earlier release
     * @throws RelayException
     */
    public function sendProfile(): bool
    {
        $profile = $this->profile->json();

        return $this->send(ShopReportSchedule::PROFILE, fn () => $this->relay->putShopProfile($profile));
    }

    /**
     * @param int $days up to yesterday
     * @param ?\DateTimeImmutable $until when to be content with fewer days; null for never
     * @param ?callable(): void $progress called after every day
     * @return ?DryRunSummary null if the relay is of an earlier release
     * @throws RelayException
     * @throws BridgeException when the core is not available or there are no settings
     */
    public function sendDryRun(
        int $days,
        ?\DateTimeImmutable $until = null,
        ?callable $progress = null
    ): ?DryRunSummary {
        $summary = $this->dryRun->run($days, $until, $progress);
        $text = $this->json->encode($summary->values());

        return $this->send(ShopReportSchedule::DRY_RUN, fn () => $this->relay->putDryRun($text)) ? $summary : null;
    }

    /**
     * Yesterday and the days before it.
     *
     * @return bool false if the relay is of an earlier release
     * @throws RelayException
     */
    public function sendRecentTotals(): bool
    {
        $day = fn (int $ago): string => $this->clock->now()
            ->setTimezone($this->totals->timeZone())
            ->modify('-' . $ago . ' days')
            ->format('Y-m-d');
        $range = $this->totals->range($day(self::RECENT_DAYS), $day(1));

        return $this->send(ShopReportSchedule::TOTALS, fn () => $this->putTotals($range));
    }

    /**
     * @return bool false if the relay is of an earlier release
     * @throws RelayException
     * @throws \InvalidArgumentException when the days are none, or the wrong way round
     */
    public function sendTotals(string $from, string $to): bool
    {
        $range = $this->totals->range($from, $to);

        return $this->send(null, fn () => $this->putTotals($range));
    }

    /**
     * What a person can do about a failure of these requests.
     */
    public function suggestion(RelayException $failure): string
    {
        return $failure->isRetried() ? $failure->suggestion() : self::REFUSED;
    }

    private function putTotals(TotalsRange $range): void
    {
        foreach ($range->parts() as $part) {
            $text = $this->totals->json($part);
            $halves = strlen($text) > self::MOST_BYTES ? $part->halves() : [];
            if ($halves === []) {
                $this->relay->putShopTotals($text);
            }
            foreach ($halves as $half) {
                $this->putTotals($half);
            }
        }
    }

    /**
     * @param ?string $report of the schedule; null if a person or the relay asked
     * @param \Closure(): void $put
     * @throws RelayException
     */
    private function send(?string $report, \Closure $put): bool
    {
        $isTaken = true;
        try {
            $put();
            if ($report !== null) {
                $this->schedule->done($report);
            }
        } catch (RelayException $failure) {
            if ($failure->status !== self::NOT_FOUND) {
                if ($report !== null) {
                    $this->schedule->retry($report, $failure->isRetried());
                }
                $this->record(self::area($report), $failure);
                throw $failure;
            }
            $isTaken = false;
            if ($report !== null) {
                $this->schedule->tomorrow($report);
            }
            $this->logger->info(
                'Byte8_SageAccounting: the relay is of an earlier release and does not take the shop\'s report yet ('
                . ($report ?? ShopReportSchedule::TOTALS) . ').'
            );
        }
        $this->problems->clear(self::area($report));

        return $isTaken;
    }

    /**
     * The area in which a failure of a report is shown; null stands for totals that were asked for.
     */
    public static function area(?string $report): string
    {
        return in_array($report, [null, ShopReportSchedule::TOTALS], true)
            ? Problems::SHOP_TOTALS
            : Problems::SHOP_REPORT;
    }

    private function record(string $area, RelayException $failure): void
    {
        if ($failure->isOtherInstallation() || $failure->errorCode === RelayException::NOT_CONNECTED) {
            // The sync cycle says so, and sees first when it is over.
            return;
        }
        $this->problems->record(
            $area,
            $failure->errorCode,
            $failure->getMessage(),
            $this->suggestion($failure),
            $failure->isPassing()
        );
    }
}
