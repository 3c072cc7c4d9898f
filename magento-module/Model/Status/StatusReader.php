<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Byte8\SageAccounting\Model\Installation\Installation;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\ModuleConfig;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxProbe;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\SyncCycle;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;

/**
 * Collects the status. Uses the database and the core, never the network.
 */
class StatusReader
{
    public const CORE = 'core';
    public const DATABASE = 'database';

    /** What to do when the module's tables cannot be written. */
    public const ALLOW_WRITES = 'Allow the shop\'s database user to write to the tables byte8_*. Meanwhile saves '
        . 'succeed, and the sweep queues the missing events afterwards.';

    public function __construct(
        private readonly ConnectionStoreInterface $connections,
        private readonly ModuleConfig $config,
        private readonly TranslatorFactory $translators,
        private readonly SettingsRepository $settings,
        private readonly OutboxEditorInterface $outbox,
        private readonly OutboxProbe $probe,
        private readonly CaptureFailure $captureFailure,
        private readonly SyncStateStoreInterface $syncState,
        private readonly HealthCheck $health,
        private readonly Installation $installation,
        private readonly KeyValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    public function read(): StatusReport
    {
        try {
            return $this->full();
        } catch (\Exception $exception) {
            return $this->unreadable($exception);
        }
    }

    private function full(): StatusReport
    {
        $connection = $this->connections->load();
        $health = $this->health->read();
        $problems = array_merge(
            $this->databaseProblems(),
            array_filter([$this->captureFailure->problem()]),
            $health->alarms
        );
        $core = [];
        try {
            $core = $this->translators->create()->describe();
        } catch (BridgeException $exception) {
            $problems = array_filter(
                $problems,
                static fn (Problem $problem): bool => $problem->code !== $exception->errorCode
            );
            $problems[] = $this->problem(
                self::CORE,
                $exception->errorCode,
                $exception->getMessage(),
                $exception->suggestion
            );
        }
        return new StatusReport(
            $connection !== null,
            $connection?->relayUrl ?? '',
            $connection?->bindingId ?? '',
            $this->config->isDeliveryEnabled(),
            $core,
            $this->settings->digest(),
            $this->settings->pulledAt(),
            $this->settings->problems(),
            $this->outbox->counts(),
            $this->syncState->counts(),
            $this->outbox->oldestWaiting(),
            $this->values->get(SyncCycle::LAST_RUN),
            array_values($problems),
            $health->notices,
            $health->needsPerson,
            $health->oldestUnanswered,
            $health->nextAttempt,
            $connection !== null && $this->installation->looksLikeCopy() ? $this->installation->origin() : null,
            $this->settings->isLive()
        );
    }

    /**
     * @return Problem[]
     */
    private function databaseProblems(): array
    {
        $refusal = $this->probe->writeError();

        return $refusal === null
            ? []
            : [$this->problem(self::DATABASE, 'outbox_not_writable', $refusal, self::ALLOW_WRITES)];
    }

    /**
     * The report when the module's own tables cannot be read.
     */
    private function unreadable(\Exception $exception): StatusReport
    {
        $connection = $this->connections->load();

        return new StatusReport(
            $connection !== null,
            $connection?->relayUrl ?? '',
            $connection?->bindingId ?? '',
            $this->config->isDeliveryEnabled(),
            [],
            '',
            null,
            [],
            [],
            [],
            null,
            null,
            [$this->problem(
                self::DATABASE,
                'outbox_not_readable',
                CaptureFailure::messageOf($exception),
                'Run "bin/magento setup:upgrade".'
            )]
        );
    }

    private function problem(string $area, string $code, string $message, string $suggestion): Problem
    {
        return new Problem($area, $code, $message, $suggestion, $this->clock->now()->format(\DATE_ATOM));
    }
}
