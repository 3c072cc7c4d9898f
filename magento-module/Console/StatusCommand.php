<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Byte8\SageAccounting\Model\Status\HealthSentence;
use Byte8\SageAccounting\Model\Status\Problem;
use Byte8\SageAccounting\Model\Status\StatusReader;
use Byte8\SageAccounting\Model\Status\StatusReport;
use Magento\Framework\Console\Cli;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * Shows the status. The exit code is not 0 when something needs attention.
 */
class StatusCommand extends Command
{
    public function __construct(private readonly StatusReader $reader)
    {
        parent::__construct('byte8:sage:status');
    }

    protected function configure(): void
    {
        $this->setDescription('Shows whether documents reach Sage, and what blocks them')
            ->addOption('json', null, InputOption::VALUE_NONE, 'One JSON object');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $report = $this->reader->read();
        if ($input->getOption('json')) {
            $output->writeln((string) json_encode(
                $report->toArray(),
                JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES
            ));
        } else {
            $this->describe($report, $output);
        }

        return $report->isHealthy() ? Cli::RETURN_SUCCESS : Cli::RETURN_FAILURE;
    }

    private function describe(StatusReport $report, OutputInterface $output): void
    {
        $output->writeln(HealthSentence::of($report)->text);
        $output->writeln(sprintf(
            'Relay       %s',
            $report->isConnected ? $report->relayUrl . ' as ' . $report->bindingId : 'not connected'
        ));
        $output->writeln(sprintf('Delivery    %s', match (true) {
            !$report->isDeliveryEnabled => 'off',
            !$report->isLive => 'waits until you go live in the ledger',
            default => 'on',
        }));
        $output->writeln(sprintf('Core        %s', $report->core['core_version'] ?? 'not available'));
        $output->writeln(sprintf(
            'Settings    %s',
            $report->settingsDigest === ''
                ? 'none'
                : substr($report->settingsDigest, 0, 12) . ', checked ' . ($report->settingsPulledAt ?? 'never')
        ));
        $output->writeln(sprintf('Last run    %s', $report->lastRun ?? 'never'));
        $output->writeln(sprintf('Queue       %s', $this->numbers($report->outboxByLabel())));
        $output->writeln(sprintf('Sage status %s', $this->numbers($report->ledgerByLabel())));
        $output->writeln(sprintf('Waiting     %s', $report->waitingText()));
        if ($report->nextAttempt !== null) {
            $output->writeln(sprintf('Next try    %s UTC', $report->nextAttempt));
        }
        foreach ($report->settingsProblems as $problem) {
            $output->writeln(sprintf(
                '<comment>settings %s %s: %s %s</comment>',
                $problem['code'] ?? '',
                $problem['pointer'] ?? '',
                $problem['message'] ?? '',
                $problem['suggestion'] ?? ''
            ));
        }
        foreach ($report->problems as $problem) {
            $output->writeln('<error>' . $this->text($problem) . '</error>');
        }
        foreach ($report->notices as $notice) {
            $output->writeln('<info>' . $this->text($notice) . '</info>');
        }
    }

    private function text(Problem $problem): string
    {
        return sprintf(
            '%s%s: %s: %s %s',
            $problem->area,
            $problem->since === '' ? '' : ' since ' . $problem->since,
            $problem->code,
            $problem->message,
            $problem->suggestion
        );
    }

    /**
     * @param array<string, int> $numbers
     */
    private function numbers(array $numbers): string
    {
        $words = array_map(
            static fn (string $label, int $number): string => $label . ': ' . $number,
            array_keys($numbers),
            $numbers
        );

        return $words === [] ? 'empty' : implode(', ', $words);
    }
}
