<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Byte8\SageAccounting\Model\Delivery\DeliveryReport;
use Byte8\SageAccounting\Model\Delivery\DeliveryRun;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\OutboxStoreInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxTransition;
use Byte8\SageAccounting\Model\Outbox\TranslationReport;
use Byte8\SageAccounting\Model\Outbox\TranslationRun;
use Byte8\SageAccounting\Model\Relay\Handshake;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Settings\SettingsKeeper;
use Byte8\SageAccounting\Model\Status\Trouble;
use Byte8\SageAccounting\Model\Status\Troubles;
use Byte8\SageAccounting\Model\SyncState\FeedPull;
use Byte8\SageAccounting\Model\Value\ValueStoreInterface;

/**
 * One turn of everything cron and the command line do: handshake, settings, translation, delivery, feed.
 *
 * Each part fails alone: without a relay events are still translated, without a core the feed is still read.
 */
class Process
{
    public const LAST_RUN = 'process.last_run';

    private const CORE = 'process.core';

    /** How long a worker may hold a row before it counts as gone. */
    private const CLAIM_MINUTES = 10;

    /** Clocks of web servers may differ by this much. */
    private const LEEWAY_MINUTES = 2;

    private const TOO_MANY_REQUESTS = 429;

    /** Rows decided afresh after new settings, at most. */
    private const RECONSIDERED = 1000;

    public function __construct(
        private readonly OutboxStoreInterface $store,
        private readonly OutboxEditorInterface $editor,
        private readonly Handshake $handshake,
        private readonly SettingsKeeper $settings,
        private readonly TranslatorFactory $translators,
        private readonly TranslationRun $translation,
        private readonly DeliveryRun $delivery,
        private readonly FeedPull $feed,
        private readonly ConnectionStoreInterface $connections,
        private readonly ProcessConfig $config,
        private readonly Troubles $troubles,
        private readonly ValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    /**
     * @return array{translation: TranslationReport, delivery: DeliveryReport, feed: int, relay: ?Trouble}
     */
    public function run(\DateTimeImmutable $until): array
    {
        $this->beat();
        $this->store->releaseClaimsOutside(
            $this->clock->now()->modify('-' . self::CLAIM_MINUTES . ' minutes'),
            $this->clock->now()->modify('+' . self::LEEWAY_MINUTES . ' minutes')
        );
        $mayExchange = $this->connections->load() !== null && $this->handshake->begin($until);
        $isReached = $mayExchange && $this->troubles->of(Troubles::RELAY)?->code !== RelayException::UNREACHABLE;
        if ($isReached) {
            $this->pullSettings();
        }
        $this->reconsiderForNewCore();
        $translation = $this->translation->run($until);
        $delivery = $mayExchange && $this->config->isDeliveryEnabled() ? $this->deliver($until) : new DeliveryReport();
        $recorded = $isReached ? $this->pullFeed($until) : 0;
        if ($isReached) {
            $this->handshake->end();
        }

        return [
            'translation' => $translation,
            'delivery' => $delivery,
            'feed' => $recorded,
            'relay' => $this->troubles->of(Troubles::INSTALLATION) ?? $this->troubles->of(Troubles::RELAY),
        ];
    }

    /**
     * Notes that somebody called, so that silence can be told from health.
     */
    public function beat(): void
    {
        $this->values->set(self::LAST_RUN, $this->clock->now()->format(\DATE_ATOM));
    }

    private function pullSettings(): void
    {
        $this->guarded(Troubles::SETTINGS, function (): void {
            if ($this->settings->pull()) {
                $this->reconsider();
            }
        });
    }

    /**
     * Another release of the core may not stumble where the last one did.
     */
    private function reconsiderForNewCore(): void
    {
        try {
            $core = hash('sha256', (string) json_encode($this->translators->create()->describe()));
        } catch (BridgeException) {
            return;
        }
        if ($this->values->get(self::CORE) !== $core) {
            $this->reconsider();
            $this->values->set(self::CORE, $core);
        }
    }

    /**
     * What was refused before may be right now. Nothing of it has left the shop.
     */
    private function reconsider(): void
    {
        $refused = $this->editor->ids(OutboxState::Rejected, self::RECONSIDERED);
        $this->editor->apply(OutboxTransition::TranslateAgain, $refused);
    }

    private function deliver(\DateTimeImmutable $until): DeliveryReport
    {
        $report = $this->delivery->run($until);
        $failure = $report->stoppedBy;
        if ($failure !== null) {
            $this->noteFailure(Troubles::DELIVERY, $failure);
        } elseif ($report->delivered > 0) {
            $this->troubles->clear(Troubles::DELIVERY);
        }

        return $report;
    }

    private function pullFeed(\DateTimeImmutable $until): int
    {
        $recorded = 0;
        $this->guarded(Troubles::FEED, function () use (&$recorded, $until): void {
            $recorded = $this->feed->pull($until);
        });
        if ($this->troubles->of(Troubles::FEED) === null) {
            // The relay answers and knows this shop: an earlier failure to deliver is over.
            $this->troubles->clear(Troubles::DELIVERY);
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
            $this->troubles->clear($area);
        } catch (RelayException $failure) {
            $this->noteFailure($area, $failure);
        }
    }

    private function noteFailure(string $area, RelayException $failure): void
    {
        if ($failure->status === self::TOO_MANY_REQUESTS) {
            // In a long backfill every minute ends like this, and goes on.
            $this->troubles->clear($area);
        }
        $this->troubles->note(
            $area,
            $failure->errorCode,
            $failure->getMessage(),
            $failure->suggestion(),
            $failure->isPassing()
        );
    }
}
