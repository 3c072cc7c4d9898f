<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopReport;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Byte8\SageAccounting\Model\DryRun\DryRunRange;
use Byte8\SageAccounting\Model\Installation\Installation;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Relay\Wishes;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\Status\Problems;
use Psr\Log\LoggerInterface;

/**
 * Tells the relay what is due. Never throws: no other job of cron suffers.
 */
class ScheduledShopReport
{
    private const FAILED = 'shop_report_failed';
    private const SUGGESTION = 'Documents are sent all the same. Look into Magento\'s logs for the reason.';

    public function __construct(
        private readonly ShopReportSchedule $schedule,
        private readonly ShopReport $report,
        private readonly ConnectionStoreInterface $connections,
        private readonly Installation $installation,
        private readonly SettingsRepository $settings,
        private readonly Wishes $wishes,
        private readonly Problems $problems,
        private readonly LoggerInterface $logger
    ) {
    }

    public function run(\DateTimeImmutable $until): void
    {
        if (!$this->mayTell()) {
            return;
        }
        $this->tellProfile();
        if ($this->schedule->isDue(ShopReportSchedule::TOTALS)) {
            $this->guarded(ShopReportSchedule::TOTALS, fn () => $this->report->sendRecentTotals());
        }
        foreach ($this->wishes->takeTotals() as [$from, $to]) {
            $this->guarded(null, fn () => $this->report->sendTotals($from, $to));
        }
        // Right after pairing the settings have not been fetched yet; without them there is nothing to try.
        if ($this->schedule->isDue(ShopReportSchedule::DRY_RUN) && $this->settings->document() !== null) {
            $this->guarded(
                ShopReportSchedule::DRY_RUN,
                fn () => $this->report->sendDryRun(DryRunRange::DAYS, $until)
            );
        }
    }

    public function tellProfile(): void
    {
        if ($this->mayTell() && $this->schedule->isDue(ShopReportSchedule::PROFILE)) {
            $this->guarded(ShopReportSchedule::PROFILE, fn () => $this->report->sendProfile());
        }
    }

    private function mayTell(): bool
    {
        return $this->connections->load() !== null && !$this->installation->looksLikeCopy();
    }

    /**
     * @param \Closure(): mixed $work
     */
    private function guarded(?string $report, \Closure $work): void
    {
        try {
            $work();
        } catch (RelayException) {
            // It is recorded, and the next attempt is planned.
            return;
        } catch (BridgeException $exception) {
            // The status shows what the core lacks.
            $this->retry($report);
            $this->logger->info('Byte8_SageAccounting could not make a dry run: ' . $exception->summary());
        } catch (\Exception $exception) {
            $this->retry($report);
            $this->problems->record(
                ShopReport::area($report),
                self::FAILED,
                $exception->getMessage(),
                self::SUGGESTION
            );
            $this->logger->error(
                'Byte8_SageAccounting could not tell the relay of the shop: ' . $exception->getMessage(),
                ['exception' => $exception]
            );
        }
    }

    private function retry(?string $report): void
    {
        if ($report !== null) {
            $this->schedule->retry($report, false);
        }
    }
}
