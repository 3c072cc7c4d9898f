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
 * Empties finished rows. That a document was noted is never forgotten, so nothing can be sent twice by it.
 */
class OutboxCleanupCommand extends Command
{
    public function __construct(private readonly OutboxEditorInterface $outbox, private readonly Clock $clock)
    {
        parent::__construct('byte8:sage:outbox:cleanup');
    }

    protected function configure(): void
    {
        $this->setDescription('Empties finished events of their texts')
            ->addOption('days', null, InputOption::VALUE_REQUIRED, 'Leave what is younger than this many days', '30');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $days = (string) $input->getOption('days');
        if (preg_match('/^[0-9]{1,5}$/D', $days) !== 1) {
            $output->writeln(sprintf('<error>"%s" is no number of days.</error>', $days));

            return Cli::RETURN_FAILURE;
        }
        $rows = $this->outbox->cleanUp($this->clock->now()->modify('-' . $days . ' days'));
        $output->writeln(sprintf('%d rows emptied or removed.', $rows));

        return Cli::RETURN_SUCCESS;
    }
}
