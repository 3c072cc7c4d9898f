<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\SyncState\FeedPull;
use Magento\Framework\Console\Cli;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * Reads the relay's complete history again, for records whose status Magento does not know.
 */
class SyncStateBackfillCommand extends Command
{
    private const HOURS = 6;

    public function __construct(private readonly FeedPull $feed, private readonly Clock $clock)
    {
        parent::__construct('byte8:sage:sync-state:backfill');
    }

    protected function configure(): void
    {
        $this->setDescription('Fetches the status of everything that the relay ever sent to Sage')
            ->addOption('resume', null, InputOption::VALUE_NONE, 'Continue where the last run ended');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        if (!$input->getOption('resume')) {
            $this->feed->startOver();
        }
        $progress = new RecordProgress($output, 0, 'results');
        try {
            $until = $this->clock->now()->modify('+' . self::HOURS . ' hours');
            $recorded = $this->feed->pull($until, $progress->advance(...));
        } catch (RelayException $exception) {
            $progress->finish();
            $output->writeln(sprintf(
                '<error>%s: %s %s</error>',
                $exception->errorCode,
                $exception->getMessage(),
                $exception->suggestion()
            ));

            return Cli::RETURN_FAILURE;
        }
        $progress->finish();
        $output->writeln(sprintf('%d statuses updated.', $recorded));

        return Cli::RETURN_SUCCESS;
    }
}
