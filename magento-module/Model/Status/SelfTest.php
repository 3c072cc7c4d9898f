<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxProbe;
use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;

/**
 * Tests every part once: database, core, settings, relay. Then lists what blocks documents. Changes nothing.
 */
class SelfTest
{
    /** What the self-test tests itself. */
    private const TRIED = [StatusReader::DATABASE, StatusReader::CORE, Problems::SETTINGS, Problems::RELAY];

    public function __construct(
        private readonly OutboxEditorInterface $outbox,
        private readonly OutboxProbe $probe,
        private readonly TranslatorFactory $translators,
        private readonly SettingsRepository $settings,
        private readonly RelayClientInterface $relay,
        private readonly StatusReader $status
    ) {
    }

    /**
     * @return SelfTestResult[]
     */
    public function run(): array
    {
        $database = $this->database();
        if ($database->grade === SelfTestResult::BAD) {
            return [$database, $this->core()];
        }

        return [$database, $this->core(), $this->settings(), $this->relay(), ...$this->waiting()];
    }

    private function database(): SelfTestResult
    {
        try {
            $rows = array_sum($this->outbox->counts());
        } catch (\Exception $exception) {
            return new SelfTestResult(
                'database',
                SelfTestResult::BAD,
                $exception->getMessage(),
                'Run "bin/magento setup:upgrade".'
            );
        }

        $refusal = $this->probe->writeError();
        if ($refusal !== null) {
            return new SelfTestResult('database', SelfTestResult::BAD, $refusal, StatusReader::ALLOW_WRITES);
        }

        return new SelfTestResult('database', SelfTestResult::GOOD, sprintf('%d events in the outbox', $rows));
    }

    private function core(): SelfTestResult
    {
        try {
            $core = $this->translators->create()->describe();
        } catch (BridgeException $exception) {
            return new SelfTestResult(
                'core',
                SelfTestResult::BAD,
                $exception->errorCode . ': ' . $exception->getMessage(),
                $exception->suggestion
            );
        }

        return new SelfTestResult('core', SelfTestResult::GOOD, 'version ' . ($core['core_version'] ?? 'unknown'));
    }

    private function settings(): SelfTestResult
    {
        if ($this->settings->document() === null) {
            return new SelfTestResult(
                'settings',
                SelfTestResult::BAD,
                'not fetched yet',
                'Pair this shop; cron then fetches them within a minute.'
            );
        }
        $problems = $this->settings->problems();
        if ($problems === []) {
            return new SelfTestResult('settings', SelfTestResult::GOOD, 'complete');
        }
        $first = $problems[0];

        return new SelfTestResult(
            'settings',
            SelfTestResult::NOTE,
            sprintf('%d problems; first: %s %s', count($problems), $first['pointer'] ?? '', $first['message'] ?? ''),
            $first['suggestion'] ?? ''
        );
    }

    private function relay(): SelfTestResult
    {
        try {
            $this->relay->check();
        } catch (RelayException $exception) {
            return new SelfTestResult(
                'relay',
                SelfTestResult::BAD,
                $exception->errorCode . ': ' . $exception->getMessage(),
                $exception->suggestion()
            );
        }

        return new SelfTestResult('relay', SelfTestResult::GOOD, 'responds and knows this shop');
    }

    /**
     * @return SelfTestResult[]
     */
    private function waiting(): array
    {
        $report = $this->status->read();
        $results = [];
        foreach ($report->problems as $problem) {
            if (!in_array($problem->area, self::TRIED, true)) {
                // The database was tested above and accepts writes; the sweep queues what it refused before.
                $isOver = $problem->area === CaptureFailure::AREA;
                $results[] = $this->result($problem, $isOver ? SelfTestResult::NOTE : SelfTestResult::BAD);
            }
        }
        foreach ($report->notices as $notice) {
            $results[] = $this->result($notice, SelfTestResult::NOTE);
        }

        return $results;
    }

    private function result(Problem $problem, string $grade): SelfTestResult
    {
        $since = UtcText::instant($problem->since);
        $message = $problem->message . ($since === null ? '' : sprintf(' (since %s UTC)', UtcText::of($since)));

        return new SelfTestResult($problem->area, $grade, $message, $problem->suggestion);
    }
}
