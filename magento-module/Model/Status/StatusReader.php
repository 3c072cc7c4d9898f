<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Byte8\SageAccounting\Model\Installation\Installation;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxProbe;
use Byte8\SageAccounting\Model\Process;
use Byte8\SageAccounting\Model\ProcessConfig;
use Byte8\SageAccounting\Model\Settings\SettingsKeeper;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;
use Byte8\SageAccounting\Model\Value\ValueStoreInterface;

/**
 * Gathers how things stand. Asks the database and the core, never the network.
 */
class StatusReader
{
    public const CORE = 'core';
    public const DATABASE = 'database';

    /** What to do when the module's tables take nothing. */
    public const LET_IT_WRITE = 'Let the shop\'s database user write the tables byte8_*. Saves succeed meanwhile, and '
        . 'the sweep brings what they could not note.';

    public function __construct(
        private readonly ConnectionStoreInterface $connections,
        private readonly ProcessConfig $config,
        private readonly TranslatorFactory $translators,
        private readonly SettingsKeeper $settings,
        private readonly OutboxEditorInterface $outbox,
        private readonly OutboxProbe $probe,
        private readonly CaptureFailure $captureFailure,
        private readonly SyncStateStoreInterface $syncState,
        private readonly HealthCheck $health,
        private readonly Installation $installation,
        private readonly ValueStoreInterface $values,
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
        $troubles = array_merge(
            $this->databaseTroubles(),
            array_filter([$this->captureFailure->trouble()]),
            $health->alarms
        );
        $core = [];
        try {
            $core = $this->translators->create()->describe();
        } catch (BridgeException $exception) {
            $troubles = array_filter(
                $troubles,
                static fn (Trouble $trouble): bool => $trouble->code !== $exception->errorCode
            );
            $troubles[] = $this->trouble(
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
            $this->values->get(Process::LAST_RUN),
            array_values($troubles),
            $health->notices,
            $health->needsPerson,
            $health->oldestUnanswered,
            $health->nextAttempt,
            $connection !== null && $this->installation->looksLikeCopy() ? $this->installation->origin() : null
        );
    }

    /**
     * @return Trouble[]
     */
    private function databaseTroubles(): array
    {
        $refusal = $this->probe->refusal();

        return $refusal === null
            ? []
            : [$this->trouble(self::DATABASE, 'outbox_not_writable', $refusal, self::LET_IT_WRITE)];
    }

    /**
     * All that can be said when not even our own tables can be read.
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
            [$this->trouble(
                self::DATABASE,
                'outbox_not_readable',
                CaptureFailure::words($exception),
                'Run "bin/magento setup:upgrade".'
            )]
        );
    }

    private function trouble(string $area, string $code, string $message, string $suggestion): Trouble
    {
        return new Trouble($area, $code, $message, $suggestion, $this->clock->now()->format(\DATE_ATOM));
    }
}
