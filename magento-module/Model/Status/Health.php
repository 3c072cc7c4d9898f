<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Byte8\SageAccounting\Model\Connection\Installation;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Process;
use Byte8\SageAccounting\Model\Recovery\OwnSequence;
use Byte8\SageAccounting\Model\Recovery\RelayStanding;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Model\Value\ValueStoreInterface;

/**
 * Everything that a person must know, since when, and what to do. Silence is not taken for health.
 *
 * Asked on every page of the admin: a handful of rows by their keys, and nothing of the network.
 */
class Health
{
    public const CRON = 'cron';
    public const CONNECTION = 'connection';
    public const LEDGER = 'ledger';

    /** Counted no further: more than these say nothing more. */
    public const MOST = 1000;

    /** Cron calls every minute; this much silence means it does not. */
    private const CRON_MINUTES = 5;

    /** An answer takes seconds, unless something is in the way. */
    private const ANSWER_MINUTES = 30;

    /** Reasons of the relay's for which documents wait and nobody need do anything. */
    private const PASSING = ['', 'sage_throttled', 'recovering', 'outcome_unknown', 'search_failed',
        'waiting_for_other_run'];

    private const SHOWN_FOR = '-1 day';

    public function __construct(
        private readonly ConnectionStoreInterface $connections,
        private readonly Installation $installation,
        private readonly RelayStanding $standing,
        private readonly OutboxEditorInterface $outbox,
        private readonly SyncStateStoreInterface $syncState,
        private readonly CaptureFailure $captureFailure,
        private readonly Troubles $troubles,
        private readonly ValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    /**
     * @return Trouble[] what keeps documents from Sage
     */
    public function troubles(): array
    {
        $troubles = array_merge(array_filter([$this->captureFailure->trouble()]), $this->troubles->all());
        if ($this->connections->load() === null) {
            return $troubles;
        }
        $own = array_filter([$this->cron(), $this->copy(), $this->binding(), $this->unanswered()]);
        $codes = array_map(static fn (Trouble $trouble): string => $trouble->code, $troubles);

        return array_merge($troubles, array_filter(
            $own,
            static fn (Trouble $trouble): bool => !in_array($trouble->code, $codes, true)
        ));
    }

    /**
     * @return Trouble[] what is worth knowing, and needs nobody
     */
    public function notes(): array
    {
        if ($this->connections->load() === null) {
            return [];
        }
        $notes = [];
        if ($this->standing->reasonCode() !== '' && $this->isPassing()) {
            $code = $this->standing->reasonCode();
            $notes[] = new Trouble(self::LEDGER, $code, $this->standing->reasonDetail(), '', $this->standing->since());
        }
        $restored = $this->instant($this->values->get(OwnSequence::RESTORED_AT));
        if ($restored !== null && $restored > $this->clock->now()->modify(self::SHOWN_FOR)) {
            $notes[] = new Trouble(
                self::CONNECTION,
                'shop_restored',
                'This shop was restored from a backup. What was not delivered yet was noted anew.',
                '',
                $restored->format(\DATE_ATOM)
            );
        }

        return $notes;
    }

    /**
     * Number of documents that only a person can bring on, at most MOST.
     */
    public function needsPerson(): int
    {
        $shown = $this->syncState->countUpTo(self::MOST, SyncStatus::Failed, SyncStatus::Review);
        $kept = count($this->outbox->ids(OutboxState::Dead, self::MOST))
            + count($this->outbox->ids(OutboxState::Rejected, self::MOST));

        return min(self::MOST, max($shown, $kept));
    }

    /**
     * When the last run of cron began; null when that is not known.
     */
    public function lastRun(): ?\DateTimeImmutable
    {
        $at = $this->instant($this->values->get(Process::LAST_RUN));

        // In the future: the clock was set back since.
        return $at === null || $at > $this->clock->now()->modify('+1 minute') ? null : $at;
    }

    private function cron(): ?Trouble
    {
        $lastRun = $this->lastRun();
        if ($lastRun !== null && $lastRun >= $this->minutesAgo(self::CRON_MINUTES)) {
            return null;
        }
        $since = $lastRun ?? $this->clock->now();

        return new Trouble(
            self::CRON,
            'cron_not_running',
            $lastRun === null
                ? 'Magento\'s cron has not run for this module yet.'
                : 'Magento\'s cron has not run for more than ' . self::CRON_MINUTES . ' minutes.',
            'See that the system\'s cron calls "bin/magento cron:run" every minute.',
            $since->format(\DATE_ATOM)
        );
    }

    private function copy(): ?Trouble
    {
        $original = $this->installation->copiedFrom();
        if ($original === null) {
            return null;
        }
        $exception = RelayException::looksLikeCopy($original);

        return new Trouble(
            self::CONNECTION,
            $exception->errorCode,
            $exception->getMessage(),
            $exception->suggestion(),
            $this->clock->now()->format(\DATE_ATOM)
        );
    }

    /**
     * The relay can send nothing, whatever the document.
     */
    private function binding(): ?Trouble
    {
        $state = $this->standing->state();
        if (in_array($state, ['', 'active', 'recovering'], true)) {
            return null;
        }

        return new Trouble(
            self::LEDGER,
            $state,
            $this->standing->reasonDetail(),
            'Documents wait at the relay and nothing is lost. Connect Sage again at the relay.',
            $this->standing->since()
        );
    }

    /**
     * Delivered documents have no answer for longer than they should.
     */
    private function unanswered(): ?Trouble
    {
        $since = $this->instant($this->syncState->unansweredSince());
        if ($since === null || $since >= $this->minutesAgo(self::ANSWER_MINUTES)) {
            return null;
        }
        // Documents that the relay still has to send are no alarm, unless it says that it cannot.
        if ($this->standing->waiting() > 0 && $this->isPassing()) {
            return null;
        }

        return new Trouble(
            self::LEDGER,
            'no_answer',
            trim('Documents were delivered and have no answer. ' . $this->standing->reasonDetail()),
            'Run "bin/magento byte8:sage:sync-state:backfill". If that does not help, look at the relay.',
            $since->format(\DATE_ATOM)
        );
    }

    private function isPassing(): bool
    {
        return in_array($this->standing->reasonCode(), self::PASSING, true);
    }

    private function minutesAgo(int $minutes): \DateTimeImmutable
    {
        return $this->clock->now()->modify('-' . $minutes . ' minutes');
    }

    private function instant(?string $text): ?\DateTimeImmutable
    {
        return $text === null || $text === '' ? null : new \DateTimeImmutable($text, new \DateTimeZone('UTC'));
    }
}
