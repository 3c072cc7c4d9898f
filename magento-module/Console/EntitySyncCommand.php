<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Byte8\SageAccounting\Model\Backfill\Backfill;
use Byte8\SageAccounting\Model\Backfill\BackfillFilter;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Magento\Framework\Console\Cli;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * Queues existing records of one type; cron sends them.
 */
class EntitySyncCommand extends Command
{
    private const STATES = [
        'invoice' => ['open' => 1, 'paid' => 2],
        'creditmemo' => ['open' => 1, 'refunded' => 2],
        'order' => [
            'new' => 'new',
            'pending_payment' => 'pending_payment',
            'processing' => 'processing',
            'payment_review' => 'payment_review',
            'holded' => 'holded',
            'complete' => 'complete',
            'closed' => 'closed',
            'canceled' => 'canceled',
        ],
    ];

    private const EVENTS = [
        'created' => [EventName::InvoiceCreated],
        'paid' => [EventName::InvoicePaid],
        'both' => [],
    ];

    /**
     * @param string $entityType invoice, creditmemo, order, customer or product
     */
    public function __construct(
        private readonly Backfill $backfill,
        private readonly DateOption $dates,
        private readonly string $entityType
    ) {
        parent::__construct('byte8:sage:' . $entityType . ':sync');
    }

    protected function configure(): void
    {
        $this->setDescription(sprintf('Sends existing records of the type "%s" to Sage', $this->entityType))
            ->addOption('id', null, InputOption::VALUE_REQUIRED, 'One entity ID; sent again if it was sent before')
            ->addOption('ids', null, InputOption::VALUE_REQUIRED, 'Several entity IDs, separated by commas; like --id')
            ->addOption('from', null, InputOption::VALUE_REQUIRED, 'First day of creation, YYYY-MM-DD')
            ->addOption('to', null, InputOption::VALUE_REQUIRED, 'Last day of creation, YYYY-MM-DD')
            ->addOption('all', null, InputOption::VALUE_NONE, 'All records')
            ->addOption('again', null, InputOption::VALUE_NONE, 'Also records that were sent before')
            ->addOption('resume', null, InputOption::VALUE_NONE, 'Continue where the same command was interrupted');
        if (isset(self::STATES[$this->entityType])) {
            $states = implode(', ', array_keys(self::STATES[$this->entityType]));
            $this->addOption('state', null, InputOption::VALUE_REQUIRED, 'State: ' . $states . ', any', 'any');
        }
        if ($this->entityType === 'invoice') {
            $this->addOption('event', null, InputOption::VALUE_REQUIRED, 'created, paid or both', 'both');
        }
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        try {
            $filter = $this->filter($input);
            $only = $this->only($input);
        } catch (\InvalidArgumentException $exception) {
            $output->writeln('<error>' . $exception->getMessage() . '</error>');

            return Cli::RETURN_FAILURE;
        }
        $again = $input->getOption('again') || $filter->ids !== [];
        $resume = (bool) $input->getOption('resume');
        $records = $this->backfill->count($this->entityType, $filter, $resume);
        $progress = new RecordProgress($output, $records, 'records');
        $queued = $this->backfill->run($this->entityType, $filter, $only, $again, $resume, $progress->advance(...));
        $output->writeln(sprintf('%d records checked, %d events queued.', $progress->finish(), $queued));

        return Cli::RETURN_SUCCESS;
    }

    private function filter(InputInterface $input): BackfillFilter
    {
        $ids = [];
        foreach (array_filter([$input->getOption('id'), $input->getOption('ids')]) as $list) {
            foreach (explode(',', (string) $list) as $id) {
                if (preg_match('/^[1-9][0-9]{0,9}$/D', trim($id)) !== 1) {
                    throw new \InvalidArgumentException(sprintf('"%s" is not an entity ID.', $id));
                }
                $ids[] = (int) $id;
            }
        }
        $from = $this->dates->beginning($input->getOption('from'));
        $to = $this->dates->end($input->getOption('to'));
        if ($ids === [] && $from === null && $to === null && !$input->getOption('all')) {
            throw new \InvalidArgumentException('Choose what to send: --id, --ids, --from, --to or --all.');
        }

        return new BackfillFilter($ids, $from, $to, $this->state($input));
    }

    private function state(InputInterface $input): int|string|null
    {
        $states = self::STATES[$this->entityType] ?? [];
        $choice = $states === [] ? 'any' : (string) $input->getOption('state');
        if ($choice === 'any') {
            return null;
        }

        return $states[$choice] ?? throw new \InvalidArgumentException(sprintf('"%s" is not a state.', $choice));
    }

    /**
     * @return EventName[]
     */
    private function only(InputInterface $input): array
    {
        $choice = $this->entityType === 'invoice' ? (string) $input->getOption('event') : 'both';

        return self::EVENTS[$choice] ?? throw new \InvalidArgumentException(sprintf('"%s" is not an event.', $choice));
    }
}
