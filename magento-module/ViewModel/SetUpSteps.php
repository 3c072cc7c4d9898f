<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Status\HealthCheck;
use Byte8\SageAccounting\Model\Status\Problem;
use Byte8\SageAccounting\Model\Status\StatusReader;
use Byte8\SageAccounting\Model\Status\StatusReport;
use Magento\Backend\Model\UrlInterface;

/**
 * The steps from an installed module to documents in Sage, and how far they are.
 */
class SetUpSteps
{
    public function __construct(
        private readonly LedgerLinks $ledger,
        private readonly DisplayFormat $format,
        private readonly UrlInterface $url
    ) {
    }

    /**
     * @return SetUpStep[] in their order; the first that is not done is the next one
     */
    public function of(StatusReport $report): array
    {
        $steps = [];
        $hasNext = false;
        foreach ($this->all($report) as [$isDone, $title, $done, $toDo, $link]) {
            $state = match (true) {
                $isDone => SetUpStep::DONE,
                $hasNext => SetUpStep::LATER,
                default => SetUpStep::NOW,
            };
            $hasNext = $hasNext || !$isDone;
            $steps[] = new SetUpStep($state, $title, $isDone ? $done : $toDo, $isDone ? null : $link);
        }

        return $steps;
    }

    /**
     * @return array<int, array{bool, string, string, string, ?array{string, string}}> whether it is done, its title,
     *     what to say when it is and when it is not, and a link
     */
    private function all(StatusReport $report): array
    {
        $hasSettings = $report->isConnected && $report->settingsDigest !== '';
        $cron = $this->problem($report, HealthCheck::CRON);
        $core = $this->problem($report, StatusReader::CORE);

        return [
            [
                $report->core !== [],
                (string) __('Install the translation core'),
                (string) __('Version %1', $report->core['core_version'] ?? ''),
                trim(($core?->message ?? '') . ' ' . ($core?->suggestion ?? '')),
                null,
            ],
            [
                $report->isConnected,
                (string) __('Connect this shop to the ledger'),
                (string) __('Connected to %1', $this->host($report->relayUrl)),
                (string) __('Create a pairing code below and enter it in the ledger.'),
                $this->link($this->ledger->home(), (string) __('Open the ledger')),
            ],
            [
                $report->isConnected && $report->lastRun !== null && $cron === null,
                (string) __('Let cron run every minute'),
                (string) __('Last run: %1', $this->format->time($report->lastRun)),
                $cron?->suggestion
                    ?? (string) __('Check that the system\'s cron calls "bin/magento cron:run" every minute.'),
                null,
            ],
            [
                $hasSettings,
                (string) __('Confirm accounts, payments and tax rates'),
                (string) __('Fetched from the ledger: %1', $this->format->time($report->settingsPulledAt)),
                (string) __('The ledger proposes them from what it finds in this shop and in Sage.'),
                $this->link($this->ledger->setUp(), (string) __('Open the set-up')),
            ],
            [
                $hasSettings && $report->isLive,
                (string) __('Check the dry run, then go live in the ledger'),
                (string) __('Documents are sent to Sage.'),
                (string) __('The dry run shows what Sage would get. Nothing is sent before you go live.'),
                [$this->url->getUrl('byte8_sage/dryRun/index'), (string) __('Dry run')],
            ],
        ];
    }

    private function problem(StatusReport $report, string $area): ?Problem
    {
        foreach ($report->problems as $problem) {
            if ($problem->area === $area) {
                return $problem;
            }
        }

        return null;
    }

    private function host(string $url): string
    {
        $parts = parse_url($url);

        return ($parts['host'] ?? $url) . (isset($parts['port']) ? ':' . $parts['port'] : '');
    }

    /**
     * @return ?array{string, string}
     */
    private function link(?string $url, string $words): ?array
    {
        return $url === null ? null : [$url, $words];
    }
}
