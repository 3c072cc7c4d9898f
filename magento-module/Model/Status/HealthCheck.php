<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Byte8\SageAccounting\Model\Connection\Pairing;
use Byte8\SageAccounting\Model\Installation\Installation;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Outbox\TranslationRun;
use Byte8\SageAccounting\Model\Relay\BindingStatusRepository;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Settings\LiveState;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\SyncCycle;

/**
 * Finds what nobody reports: cron that does not run, a relay that does not respond, documents without a result,
 * documents that need attention.
 *
 * Runs on every page of the admin, so it only reads a few rows by their keys and makes no requests.
 */
class HealthCheck
{
    public const CRON = 'cron';
    public const DOCUMENTS = 'documents';
    public const GO_LIVE = 'go_live';

    public const NOT_LIVE = 'not_live';

    /** Without settings: a part of every set-up, and no fault as long as none were ever fetched. */
    private const WITHOUT_SETTINGS = [TranslationRun::SETTINGS_ABSENT, RelayException::SETTINGS_NOT_FOUND];

    /** Cron runs every minute; after this time without a run it counts as stopped. */
    private const SILENT_MINUTES = 5;

    /** A problem that ends by itself within this time is only a notice. */
    private const PASSING_MINUTES = 5;

    public function __construct(
        private readonly ConnectionStoreInterface $connections,
        private readonly Problems $problems,
        private readonly HealthRows $rows,
        private readonly LedgerResponseCheck $responses,
        private readonly BindingStatusRepository $statuses,
        private readonly Installation $installation,
        private readonly LiveState $liveState,
        private readonly KeyValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    public function read(): Health
    {
        $isConnected = $this->connections->load() !== null;
        $cron = $isConnected ? $this->cron() : null;
        [$alarms, $notices] = $this->recordedProblems($cron === null);
        $alarms = array_merge(array_filter([$cron]), $alarms);
        $oldestUnanswered = null;
        if ($isConnected && !$this->installation->looksLikeCopy()) {
            $status = $this->statuses->last();
            $oldestUnanswered = $this->responses->oldest();
            array_push($alarms, ...$this->responses->alarms($status, $oldestUnanswered));
            array_push($notices, ...$this->responses->notices($status, $oldestUnanswered));
        }
        if ($isConnected && !$this->liveState->isLive()) {
            $notices[] = $this->notLive();
        } elseif ($isConnected && !$this->hasSettings() && $alarms === [] && $notices === []) {
            $notices[] = $this->setUpUnfinished();
        }
        $needsPerson = $this->rows->needsPerson();
        if ($needsPerson > 0) {
            $alarms[] = $this->documents($needsPerson);
        }

        return new Health($alarms, $notices, $needsPerson, $oldestUnanswered, $this->rows->nextAttempt());
    }

    /**
     * Whether settings were ever fetched from the relay of this connection.
     */
    private function hasSettings(): bool
    {
        return $this->values->get(SettingsRepository::PULLED_AT) !== null;
    }

    private function cron(): ?Problem
    {
        $now = $this->clock->now();
        $limit = $now->modify('-' . self::SILENT_MINUTES . ' minutes');
        $lastRun = UtcText::instant($this->values->get(SyncCycle::LAST_RUN));
        if ($lastRun !== null && $lastRun > $now->modify('+' . self::SILENT_MINUTES . ' minutes')) {
            // The clock was set back since then, so the time of the last run is unknown.
            $lastRun = null;
        }
        $since = $lastRun ?? UtcText::instant($this->values->get(Pairing::CONNECTED_AT));
        if ($since !== null && $since >= $limit) {
            return null;
        }

        return new Problem(
            self::CRON,
            'cron_not_running',
            $lastRun === null
                ? (string) __('Magento\'s cron does not seem to be running.')
                : (string) __('Magento\'s cron has stopped running. Nothing is sent.'),
            (string) __('Check that the system\'s cron calls "bin/magento cron:run" every minute.'),
            (string) $since?->format(\DATE_ATOM)
        );
    }

    /**
     * The problems that the parts recorded, each failure once.
     *
     * @return array{Problem[], Problem[]} alarms and notices
     */
    private function recordedProblems(bool $isCronAlive): array
    {
        $alarms = [];
        $notices = [];
        $hasSettings = $this->hasSettings();
        foreach ($this->problems->all() as $problem) {
            if (!$hasSettings && in_array($problem->code, self::WITHOUT_SETTINGS, true)) {
                continue;
            }
            $described = $this->describe($problem, $isCronAlive);
            if (!$problem->isPassing) {
                $alarms[$problem->code] ??= $described;
                continue;
            }
            $since = UtcText::instant($problem->since);
            $isOld = $since !== null && $since < $this->clock->now()->modify('-' . self::PASSING_MINUTES . ' minutes');
            if ($isOld) {
                $alarms[$problem->code] ??= $described;
            } else {
                $notices[$problem->code] ??= $described;
            }
        }

        return [array_values($alarms), array_values(array_diff_key($notices, $alarms))];
    }

    /**
     * A recorded problem as the admin shows it, and whether it is tried again by itself.
     */
    private function describe(Problem $problem, bool $isCronAlive): Problem
    {
        [$message, $suggestion] = match ($problem->code) {
            RelayException::LOOKS_LIKE_COPY => [
                (string) __('This looks like a copy of %1. Nothing is sent.', $this->installation->origin()),
                (string) __(
                    'If the shop has moved here, press "This is the moved shop" or run "byte8:sage:pair --moved".'
                ) . ' ' . __('If this is a copy, disconnect it: "byte8:sage:pair --disconnect".'),
            ],
            RelayException::OTHER_INSTALLATION => [
                (string) __('Another shop uses this connection. Nothing is sent.'),
                __('If this is the right shop, pair it again with a new code.')
                    . ' ' . __('If this is a copy, disconnect it: "byte8:sage:pair --disconnect".'),
            ],
            RelayException::UNREACHABLE => [
                (string) __('The relay does not respond.'),
                (string) __('Check that it is running and that this shop can reach it.') . ' ' . $problem->message,
            ],
            // Cron recorded it in its own language.
            default => [(string) __($problem->message), (string) __($problem->suggestion)],
        };
        if ($problem->isPassing && $isCronAlive) {
            $suggestion .= ' ' . __('It is tried again every minute.');
        }

        return new Problem($problem->area, $problem->code, $message, $suggestion, $problem->since, $problem->isPassing);
    }

    private function setUpUnfinished(): Problem
    {
        return new Problem(
            self::GO_LIVE,
            TranslationRun::SETTINGS_ABSENT,
            (string) __('The set-up in the ledger is not finished yet.'),
            (string) __('Go on there with accounts, payments and tax rates.'),
            ''
        );
    }

    private function notLive(): Problem
    {
        return new Problem(
            self::GO_LIVE,
            self::NOT_LIVE,
            (string) __('Everything waits until you go live in the ledger. Nothing is sent before that.'),
            (string) __('Check the dry run, then go live in the ledger. The shop notices it within a minute.'),
            ''
        );
    }

    private function documents(int $number): Problem
    {
        return new Problem(
            self::DOCUMENTS,
            'documents_need_a_person',
            (string) match (true) {
                $number === 1 => __('One document needs attention.'),
                $number < HealthRows::MOST => __('%1 documents need attention.', $number),
                default => __('%1 or more documents need attention.', $number),
            },
            (string) __('Sales → Sage shows the reasons and what to do.'),
            (string) UtcText::instant($this->rows->needsPersonSince())?->format(\DATE_ATOM)
        );
    }
}
