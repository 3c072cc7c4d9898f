<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\Resync;
use Magento\Framework\Console\Cli;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * Queues events again that were dead-lettered, rejected or skipped.
 */
class OutboxRequeueCommand extends Command
{
    private const AT_MOST = 100000;

    public function __construct(
        private readonly OutboxEditorInterface $outbox,
        private readonly Resync $resync
    ) {
        parent::__construct('byte8:sage:outbox:requeue');
    }

    protected function configure(): void
    {
        $this->setDescription('Sends events that need attention again')
            ->addArgument('ids', InputArgument::IS_ARRAY, 'Event ids, as "byte8:sage:outbox:inspect" shows them')
            ->addOption('all', null, InputOption::VALUE_NONE, 'All events in the states dead and rejected')
            ->addOption('state', null, InputOption::VALUE_REQUIRED, 'All events in this state');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $ids = array_map('intval', $input->getArgument('ids'));
        $state = (string) $input->getOption('state');
        $states = $input->getOption('all') ? [OutboxState::Dead, OutboxState::Rejected] : [];
        if ($state !== '') {
            $chosen = OutboxState::tryFrom($state);
            if ($chosen === null) {
                $output->writeln(sprintf('<error>"%s" is not a state.</error>', $state));

                return Cli::RETURN_FAILURE;
            }
            $states[] = $chosen;
        }
        foreach ($states as $each) {
            $ids = array_merge($ids, $this->outbox->ids($each, self::AT_MOST));
        }
        if ($ids === [] && $states === []) {
            $output->writeln('<error>Give event ids, or use --all or --state.</error>');

            return Cli::RETURN_FAILURE;
        }
        $requeued = $this->resync->requeue($ids);
        $output->writeln(sprintf('%d of %d events are queued again.', $requeued, count($ids)));

        return $requeued === count($ids) ? Cli::RETURN_SUCCESS : Cli::RETURN_FAILURE;
    }
}
