<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Magento\Framework\Console\Cli;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * Deletes the details of finished events. The row of a document stays, so that it cannot be sent twice.
 */
class OutboxCleanupCommand extends Command
{
    public function __construct(private readonly OutboxEditorInterface $outbox, private readonly Clock $clock)
    {
        parent::__construct('byte8:sage:outbox:cleanup');
    }

    protected function configure(): void
    {
        $this->setDescription('Deletes the details of finished events')
            ->addOption('days', null, InputOption::VALUE_REQUIRED, 'Keep events younger than this many days', '30');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $days = (string) $input->getOption('days');
        if (preg_match('/^[0-9]{1,5}$/D', $days) !== 1) {
            $output->writeln(sprintf('<error>"%s" is not a number of days.</error>', $days));

            return Cli::RETURN_FAILURE;
        }
        $rows = $this->outbox->cleanUp($this->clock->now()->modify('-' . $days . ' days'));
        $output->writeln(sprintf('%d events cleaned up.', $rows));

        return Cli::RETURN_SUCCESS;
    }
}
