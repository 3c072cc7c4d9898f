<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
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
    public const CRON = 'cron';
    public const CORE = 'core';
    public const DATABASE = 'database';

    /** What to do when the module's tables take nothing. */
    public const LET_IT_WRITE = 'Let the shop\'s database user write the tables byte8_*. Saves succeed meanwhile, and '
        . 'the sweep brings what they could not note.';

    /** Cron calls every minute; this much silence means it does not. */
    private const SILENT_MINUTES = 15;

    public function __construct(
        private readonly ConnectionStoreInterface $connections,
        private readonly ProcessConfig $config,
        private readonly TranslatorFactory $translators,
        private readonly SettingsKeeper $settings,
        private readonly OutboxEditorInterface $outbox,
        private readonly OutboxProbe $probe,
        private readonly CaptureFailure $captureFailure,
        private readonly SyncStateStoreInterface $syncState,
        private readonly Troubles $troubles,
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
        $troubles = array_merge(
            $this->databaseTroubles(),
            array_filter([$this->captureFailure->trouble()]),
            $this->troubles->all()
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
        $oldest = $this->outbox->oldestWaiting();
        $lastRun = $this->values->get(Process::LAST_RUN);
        if ($connection !== null && $oldest !== null && $this->isSilent($lastRun, $oldest)) {
            $troubles[] = $this->trouble(
                self::CRON,
                'cron_not_running',
                sprintf('Events wait, and Magento\'s cron has not called for %d minutes.', self::SILENT_MINUTES),
                'See that the system\'s cron calls "bin/magento cron:run" every minute.'
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
            $oldest,
            $lastRun,
            array_values($troubles)
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

    private function isSilent(?string $lastRun, string $oldestWaiting): bool
    {
        $limit = $this->clock->now()->modify('-' . self::SILENT_MINUTES . ' minutes');
        $utc = new \DateTimeZone('UTC');

        return new \DateTimeImmutable($oldestWaiting, $utc) < $limit
            && ($lastRun === null || new \DateTimeImmutable($lastRun) < $limit);
    }

    private function trouble(string $area, string $code, string $message, string $suggestion): Trouble
    {
        return new Trouble($area, $code, $message, $suggestion, $this->clock->now()->format(\DATE_ATOM));
    }
}
