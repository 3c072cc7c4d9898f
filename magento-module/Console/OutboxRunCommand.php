<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\LockedSyncCycle;
use Byte8\SageAccounting\Model\Sweep\Sweep;
use Magento\Framework\App\Area;
use Magento\Framework\App\State;
use Magento\Framework\Console\Cli;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * Does now what cron does every minute.
 */
class OutboxRunCommand extends Command
{
    public function __construct(
        private readonly LockedSyncCycle $cycle,
        private readonly Sweep $sweep,
        private readonly State $appState,
        private readonly Clock $clock
    ) {
        parent::__construct('byte8:sage:outbox:run');
    }

    protected function configure(): void
    {
        $this->setDescription('Decides and sends waiting events now, without waiting for cron')
            ->addOption('sweep', null, InputOption::VALUE_NONE, 'First look for documents that were never noted')
            ->addOption('seconds', null, InputOption::VALUE_REQUIRED, 'How long to work at most', '300');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        if ($input->getOption('sweep')) {
            $output->writeln(sprintf('Sweep: %d events were missed and are noted now.', $this->sweep->run()));
        }
        $until = $this->clock->now()->modify('+' . max(1, (int) $input->getOption('seconds')) . ' seconds');
        $done = $this->appState->emulateAreaCode(Area::AREA_CRONTAB, fn (): ?array => $this->cycle->run($until));
        if ($done === null) {
            $output->writeln('<comment>Another process is at it.</comment>');

            return Cli::RETURN_SUCCESS;
        }
        $translation = $done['translation'];
        $delivery = $done['delivery'];
        $output->writeln(sprintf('Decided:   %d', $translation->translated));
        $output->writeln(sprintf(
            'Delivered: %d, to be tried again: %d, given up: %d',
            $delivery->delivered,
            $delivery->postponed,
            $delivery->dead
        ));
        $output->writeln(sprintf('Feed:      %d items', $done['feed']));
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
