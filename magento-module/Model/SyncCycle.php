<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Byte8\SageAccounting\Model\Delivery\DeliveryReport;
use Byte8\SageAccounting\Model\Delivery\DeliveryRun;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\OutboxStoreInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition;
use Byte8\SageAccounting\Model\Outbox\TranslationReport;
use Byte8\SageAccounting\Model\Outbox\TranslationRun;
use Byte8\SageAccounting\Model\Records\WantedDocuments;
use Byte8\SageAccounting\Model\Relay\Handshake;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\Status\Problem;
use Byte8\SageAccounting\Model\Status\Problems;
use Byte8\SageAccounting\Model\SyncState\FeedPull;

/**
 * One sync cycle, run by cron and the command line: handshake, settings, translation, delivery, feed.
 *
 * Each part fails on its own: without a relay events are still translated, without a core the feed is still read.
 */
class SyncCycle
{
    public const LAST_RUN = 'process.last_run';

    private const CORE = 'process.core';

    /** After this time a claim is released, because its worker is gone. */
    private const CLAIM_MINUTES = 10;

    /** Clocks of web servers may differ by this much. */
    private const LEEWAY_MINUTES = 2;

    /** How long it translates before it delivers, and the other way round. */
    private const TURN_SECONDS = 5;

    private const TOO_MANY_REQUESTS = 429;

    /** Rejected rows that are translated again after a change, at most. */
    private const MAX_RETRANSLATED = 1000;

    public function __construct(
        private readonly OutboxStoreInterface $store,
        private readonly OutboxEditorInterface $editor,
        private readonly Handshake $handshake,
        private readonly SettingsRepository $settings,
        private readonly WantedDocuments $wanted,
        private readonly TranslatorFactory $translators,
        private readonly TranslationRun $translation,
        private readonly DeliveryRun $delivery,
        private readonly FeedPull $feed,
        private readonly ConnectionStoreInterface $connections,
        private readonly ModuleConfig $config,
        private readonly Problems $problems,
        private readonly KeyValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    /**
     * @param ?callable(int $translated, int $delivered): void $progress called while events are worked on
     * @return array{translation: TranslationReport, delivery: DeliveryReport, feed: int, relay: ?Problem}
     */
    public function run(\DateTimeImmutable $until, ?callable $progress = null): array
    {
        $this->recordHeartbeat();
        $this->store->releaseClaimsOutside(
            $this->clock->now()->modify('-' . self::CLAIM_MINUTES . ' minutes'),
            $this->clock->now()->modify('+' . self::LEEWAY_MINUTES . ' minutes')
        );
        $mayExchange = $this->connections->load() !== null && $this->handshake->begin($until);
        $isReached = $mayExchange && $this->problems->of(Problems::RELAY)?->code !== RelayException::UNREACHABLE;
        if ($isReached) {
            $this->pullSettings();
            $this->wanted->queue();
        }
        $this->retranslateAfterCoreChange();
        [$translation, $delivery] = $this->translateAndDeliver($until, $mayExchange, $progress);
        $recorded = $isReached ? $this->pullFeed($until) : 0;
        if ($isReached) {
            $this->handshake->end();
        }

        return [
            'translation' => $translation,
            'delivery' => $delivery,
            'feed' => $recorded,
            'relay' => $this->problems->of(Problems::INSTALLATION) ?? $this->problems->of(Problems::RELAY),
        ];
    }

    /**
     * Stores the time of this run, so that a stopped cron is detected.
     */
    public function recordHeartbeat(): void
    {
        $this->values->set(self::LAST_RUN, $this->clock->now()->format(\DATE_ATOM));
    }

    /**
     * Translates and delivers in turns, so that a long queue of one does not hold up the other.
     *
     * @param ?callable(int $translated, int $delivered): void $progress
     * @return array{TranslationReport, DeliveryReport}
     */
    private function translateAndDeliver(\DateTimeImmutable $until, bool $mayDeliver, ?callable $progress): array
    {
        $translation = new TranslationReport(0);
        $delivery = new DeliveryReport();
        do {
            $end = min($until, $this->clock->now()->modify('+' . self::TURN_SECONDS . ' seconds'));
            $translated = $translation->problemCode === '' ? $this->translation->run($end) : new TranslationReport(0);
            $translation = $translation->plus($translated);
            $delivered = $mayDeliver && $delivery->stoppedBy === null && $this->isDeliveryWanted()
                ? $this->deliver($end)
                : new DeliveryReport();
            $delivery = $delivery->plus($delivered);
            if ($progress !== null) {
                $progress($translation->translated, $delivery->delivered);
            }
            $isDone = $translated->translated === 0 && $delivered->delivered === 0;
        } while (!$isDone && $this->clock->now() < $until);

        return [$translation, $delivery];
    }

    private function pullSettings(): void
    {
        $this->guarded(Problems::SETTINGS, function (): void {
            if ($this->settings->pull()) {
                $this->retranslateRejected();
            }
        });
    }

    /**
     * A new version of the core may accept what the last one rejected.
     */
    private function retranslateAfterCoreChange(): void
    {
        try {
            $core = hash('sha256', (string) json_encode($this->translators->create()->describe()));
        } catch (BridgeException) {
            return;
        }
        if ($this->values->get(self::CORE) !== $core) {
            $this->retranslateRejected();
            $this->values->set(self::CORE, $core);
        }
    }

    /**
     * What was rejected before may be accepted now. None of it was sent.
     */
    private function retranslateRejected(): void
    {
        $refused = $this->editor->ids(OutboxState::Rejected, self::MAX_RETRANSLATED);
        $this->editor->apply(OutboxTransition::Retranslate, $refused);
    }

    private function isDeliveryWanted(): bool
    {
        return $this->config->isDeliveryEnabled() && $this->settings->isLive();
    }

    private function deliver(\DateTimeImmutable $until): DeliveryReport
    {
        $report = $this->delivery->run($until);
        $failure = $report->stoppedBy;
        if ($failure?->isNotLive()) {
            $this->settings->setLive(false);
        } elseif ($failure !== null) {
            $this->recordFailure(Problems::DELIVERY, $failure);
        } elseif ($report->delivered > 0) {
            $this->problems->clear(Problems::DELIVERY);
        }

        return $report;
    }

    private function pullFeed(\DateTimeImmutable $until): int
    {
        $recorded = 0;
        $this->guarded(Problems::FEED, function () use (&$recorded, $until): void {
            $recorded = $this->feed->pull($until);
        });
        if ($this->problems->of(Problems::FEED) === null) {
            // The relay responds and knows this shop, so an earlier delivery problem is over.
            $this->problems->clear(Problems::DELIVERY);
        }

        return $recorded;
    }

    /**
     * @param \Closure(): void $work
     */
    private function guarded(string $area, \Closure $work): void
    {
        try {
            $work();
            $this->problems->clear($area);
        } catch (RelayException $failure) {
            $this->recordFailure($area, $failure);
        }
    }

    private function recordFailure(string $area, RelayException $failure): void
    {
        if ($failure->status === self::TOO_MANY_REQUESTS) {
            // During a long backfill every cycle ends like this and then continues.
            $this->problems->clear($area);
        }
        $this->problems->record(
            $area,
            $failure->errorCode,
            $failure->getMessage(),
            $failure->suggestion(),
            $failure->isPassing()
        );
    }
}
