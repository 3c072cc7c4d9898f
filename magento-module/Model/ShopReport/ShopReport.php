<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopReport;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Canonical\CanonicalJson;
use Byte8\SageAccounting\Model\DryRun\DryRunRange;
use Byte8\SageAccounting\Model\DryRun\DryRunSummary;
use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Status\Problems;
use Psr\Log\LoggerInterface;

/**
 * Tells the relay the shop's profile, and what its documents of some days would become.
 *
 * A relay of an earlier release does not know these requests. That is no failure.
 */
class ShopReport
{
    private const NOT_FOUND = 404;

    private const REFUSED = 'Documents are sent all the same. Bring module and relay to the same release, then press '
        . '"Send to the relay" on the configuration page or run "bin/magento byte8:sage:shop:report".';

    public function __construct(
        private readonly ShopProfile $profile,
        private readonly DryRunRange $dryRun,
        private readonly CanonicalJson $json,
        private readonly RelayClientInterface $relay,
        private readonly ShopReportSchedule $schedule,
        private readonly Problems $problems,
        private readonly LoggerInterface $logger
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
     * @return ?DryRunSummary null if the relay is of an earlier release
     * @throws RelayException
     * @throws BridgeException when the core is not available or there are no settings
     */
    public function sendDryRun(int $days, ?\DateTimeImmutable $until = null): ?DryRunSummary
    {
        $summary = $this->dryRun->run($days, $until);
        $text = $this->json->encode($summary->values());

        return $this->send(ShopReportSchedule::DRY_RUN, fn () => $this->relay->putDryRun($text)) ? $summary : null;
    }

    /**
     * What a person can do about a failure of these requests.
     */
    public function suggestion(RelayException $failure): string
    {
        return $failure->isRetried() ? $failure->suggestion() : self::REFUSED;
    }

    /**
     * @param \Closure(): void $put
     * @throws RelayException
     */
    private function send(string $report, \Closure $put): bool
    {
        $isTaken = true;
        try {
            $put();
            $this->schedule->done($report);
        } catch (RelayException $failure) {
            if ($failure->status !== self::NOT_FOUND) {
                $this->schedule->retry($report, $failure->isRetried());
                $this->record($failure);
                throw $failure;
            }
            $isTaken = false;
            $this->schedule->tomorrow($report);
            $this->logger->info(
                'Byte8_SageAccounting: the relay is of an earlier release and does not take the shop\'s report yet ('
                . $report . ').'
            );
        }
        $this->problems->clear(Problems::SHOP_REPORT);

        return $isTaken;
    }

    private function record(RelayException $failure): void
    {
        if ($failure->isOtherInstallation() || $failure->errorCode === RelayException::NOT_CONNECTED) {
            // The sync cycle says so, and sees first when it is over.
            return;
        }
        $this->problems->record(
            Problems::SHOP_REPORT,
            $failure->errorCode,
            $failure->getMessage(),
            $this->suggestion($failure),
            $failure->isPassing()
        );
    }
}
