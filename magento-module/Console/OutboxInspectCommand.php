<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxRecord;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Magento\Framework\Console\Cli;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Helper\Table;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * Lists outbox rows, by default those that need attention.
 */
class OutboxInspectCommand extends Command
{
    private const NEED_ATTENTION = [OutboxState::Dead, OutboxState::Rejected, OutboxState::Failed];

    public function __construct(private readonly OutboxEditorInterface $outbox)
    {
        parent::__construct('byte8:sage:outbox:inspect');
    }

    protected function configure(): void
    {
        $this->setDescription('Lists events that failed, with their reasons')
            ->addArgument('id', InputArgument::OPTIONAL, 'Show all details of one event')
            ->addOption('state', null, InputOption::VALUE_REQUIRED, 'States, separated by commas, or "all"', '')
            ->addOption('limit', null, InputOption::VALUE_REQUIRED, 'Maximum number of events', '50')
            ->addOption('json', null, InputOption::VALUE_NONE, 'Print one JSON object per line');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $id = $input->getArgument('id');
        try {
            $records = $id === null
                ? $this->outbox->list($this->states((string) $input->getOption('state')), max(
                    1,
                    (int) $input->getOption('limit')
                ))
                : array_filter([$this->outbox->find((int) $id)]);
        } catch (\InvalidArgumentException $exception) {
            $output->writeln('<error>' . $exception->getMessage() . '</error>');

            return Cli::RETURN_FAILURE;
        }
        if ($input->getOption('json')) {
            foreach ($records as $record) {
                $output->writeln((string) json_encode($this->all($record), JSON_UNESCAPED_SLASHES));
            }
        } elseif ($id !== null) {
            foreach ($records as $record) {
                foreach ($this->all($record) as $name => $value) {
                    $output->writeln(sprintf('%-16s %s', $name, (string) $value), OutputInterface::OUTPUT_RAW);
                }
            }
        } else {
            $this->table($records, $output);
        }

        return $id !== null && $records === [] ? Cli::RETURN_FAILURE : Cli::RETURN_SUCCESS;
    }

    /**
     * @param OutboxRecord[] $records
     */
    private function table(array $records, OutputInterface $output): void
    {
        $table = new Table($output);
        $table->setHeaders(['id', 'key', 'state', 'attempts', 'next_attempt_at', 'updated_at', 'last_error']);
        foreach ($records as $record) {
            $table->addRow([
                $record->id(),
                $record->entry->event->key(),
                $record->entry->state->value,
                $record->entry->attempts,
                $record->entry->nextAttemptAt?->format('Y-m-d H:i:s') ?? '',
                $record->updatedAt,
                wordwrap($record->lastError(), 70, "\n", true),
            ]);
        }
        $table->render();
        foreach ($this->outbox->counts() as $state => $number) {
            $output->writeln(sprintf('%-10s %d', $state, $number));
        }
    }

    /**
     * @return array<string, int|string|null>
     */
    private function all(OutboxRecord $record): array
    {
        $entry = $record->entry;

        return [
            'id' => $record->id(),
            'key' => $entry->event->key(),
            'state' => $entry->state->value,
            'store_id' => $entry->storeId,
            'attempts' => $entry->attempts,
            'next_attempt_at' => $entry->nextAttemptAt?->format('Y-m-d H:i:s'),
            'claimed_at' => $entry->claimedAt?->format('Y-m-d H:i:s'),
            'created_at' => $record->createdAt,
            'updated_at' => $record->updatedAt,
            'run_id' => $entry->runId,
            'last_error' => $record->lastError(),
            'pointer' => $entry->reasonPointer,
            'suggestion' => $entry->reasonSuggestion,
            'rules' => implode(',', $entry->firedRules),
            'warnings' => $entry->warningsJson,
            'digest' => $entry->contentDigest,
            'event' => $entry->eventJson,
            'plan' => $entry->planJson,
        ];
    }

    /**
     * @return OutboxState[]
     */
    private function states(string $list): array
    {
        if ($list === 'all') {
            return [];
        }
        if ($list === '') {
            return self::NEED_ATTENTION;
        }

        return array_map(
            static fn (string $name): OutboxState => OutboxState::tryFrom(trim($name))
                ?? throw new \InvalidArgumentException(sprintf('"%s" is not a state.', $name)),
            explode(',', $list)
        );
    }
}
