<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\LockedSyncCycle;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Sweep\Sweep;
use Magento\Framework\App\Area;
use Magento\Framework\App\State;
use Magento\Framework\Console\Cli;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * Runs one sync cycle now; cron does this every minute.
 */
class OutboxRunCommand extends Command
{
    public function __construct(
        private readonly LockedSyncCycle $cycle,
        private readonly Sweep $sweep,
        private readonly OutboxEditorInterface $outbox,
        private readonly State $appState,
        private readonly Clock $clock
    ) {
        parent::__construct('byte8:sage:outbox:run');
    }

    protected function configure(): void
    {
        $this->setDescription('Translates and sends queued events now instead of with the next cron run')
            ->addOption('sweep', null, InputOption::VALUE_NONE, 'First find documents that were never queued')
            ->addOption('seconds', null, InputOption::VALUE_REQUIRED, 'Maximum run time in seconds', '300');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        if ($input->getOption('sweep')) {
            $output->writeln(sprintf('Sweep: %d events had been missed and are queued now.', $this->sweep->run()));
        }
        $until = $this->clock->now()->modify('+' . max(1, (int) $input->getOption('seconds')) . ' seconds');
        $waiting = 0;
        foreach ($this->outbox->counts() as $state => $number) {
            $waiting += OutboxState::from($state)->isUnfinished() ? $number : 0;
        }
        $progress = new RecordProgress($output, $waiting, 'events sent');
        $done = $this->appState->emulateAreaCode(Area::AREA_CRONTAB, fn (): ?array => $this->cycle->run(
            $until,
            static fn (int $translated, int $delivered) => $progress->advanceTo($delivered)
        ));
        $progress->finish();
        if ($done === null) {
            $output->writeln('<comment>Another process is already running.</comment>');

            return Cli::RETURN_SUCCESS;
        }
        $translation = $done['translation'];
        $delivery = $done['delivery'];
        $output->writeln(sprintf('Translated: %d', $translation->translated));
        $output->writeln(sprintf(
            'Sent:       %d, will be retried: %d, need attention: %d',
            $delivery->delivered,
            $delivery->postponed,
            $delivery->dead
        ));
        $output->writeln(sprintf('Results:    %d', $done['feed']));
        if ($translation->problemCode !== '') {
            $output->writeln(sprintf(
                '<error>%s: %s %s</error>',
                $translation->problemCode,
                $translation->problemMessage,
                $translation->suggestion
            ));
        }
        if ($delivery->stoppedBy !== null) {
            $output->writeln(sprintf(
                '<error>%s: %s %s</error>',
                $delivery->stoppedBy->errorCode,
                $delivery->stoppedBy->getMessage(),
                $delivery->stoppedBy->suggestion()
            ));
        }

        if ($done['relay'] !== null) {
            $output->writeln(sprintf(
                '<error>%s: %s %s</error>',
                $done['relay']->code,
                $done['relay']->message,
                $done['relay']->suggestion
            ));
        }

        return $translation->problemCode === '' && $delivery->stoppedBy === null && $done['relay'] === null
            ? Cli::RETURN_SUCCESS
            : Cli::RETURN_FAILURE;
    }
}
