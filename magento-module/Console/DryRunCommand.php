<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Byte8\SageAccounting\Model\Backfill\BackfillFilter;
use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\DryRun\DryRun;
use Byte8\SageAccounting\Model\DryRun\DryRunLine;
use Byte8\SageAccounting\Model\DryRun\DryRunTotals;
use Magento\Framework\App\Area;
use Magento\Framework\App\State;
use Magento\Framework\Console\Cli;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * Shows what Sage would get for one record or for a range of days. Queues nothing and sends nothing.
 */
class DryRunCommand extends Command
{
    private const LINES_AT_ONCE = 100;

    private const TYPES = ['invoice', 'creditmemo', 'order', 'customer', 'product'];

    public function __construct(
        private readonly DryRun $dryRun,
        private readonly DateOption $dates,
        private readonly State $appState
    ) {
        parent::__construct('byte8:sage:dry-run');
    }

    protected function configure(): void
    {
        $this->setDescription('Shows what Sage would get, without sending anything')
            ->addArgument('type', InputArgument::REQUIRED, implode(', ', self::TYPES))
            ->addOption('id', null, InputOption::VALUE_REQUIRED, 'One record, with lines, VAT and reasons')
            ->addOption('from', null, InputOption::VALUE_REQUIRED, 'First day of creation, YYYY-MM-DD')
            ->addOption('to', null, InputOption::VALUE_REQUIRED, 'Last day of creation, YYYY-MM-DD')
            ->addOption('problems', null, InputOption::VALUE_NONE, 'For a range: only what would not be posted');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        try {
            return $this->appState->emulateAreaCode(Area::AREA_CRONTAB, fn (): int => $this->show($input, $output));
        } catch (BridgeException $exception) {
            $output->writeln('<error>' . $exception->summary() . '</error>');
        } catch (\InvalidArgumentException $exception) {
            $output->writeln('<error>' . $exception->getMessage() . '</error>');
        }

        return Cli::RETURN_FAILURE;
    }

    private function show(InputInterface $input, OutputInterface $output): int
    {
        $type = (string) $input->getArgument('type');
        if (!in_array($type, self::TYPES, true)) {
            throw new \InvalidArgumentException(sprintf('"%s" is not one of %s.', $type, implode(', ', self::TYPES)));
        }
        if ($input->getOption('id') !== null) {
            $pages = $this->dryRun->pages($type, (int) $input->getOption('id'));
            foreach ($pages as $page) {
                $output->writeln($page, OutputInterface::OUTPUT_RAW);
            }

            return $pages === [] ? Cli::RETURN_FAILURE : Cli::RETURN_SUCCESS;
        }
        $from = $this->dates->beginning($input->getOption('from'));
        $to = $this->dates->end($input->getOption('to'));
        $this->showRange($type, new BackfillFilter([], $from, $to), (bool) $input->getOption('problems'), $output);

        return Cli::RETURN_SUCCESS;
    }

    private function showRange(string $type, BackfillFilter $filter, bool $onlyProblems, OutputInterface $output): void
    {
        $totals = new DryRunTotals();
        $progress = new RecordProgress($output, $this->dryRun->count($type, $filter), 'records');
        $records = 0;
        $lastId = null;
        $texts = [];
        $write = static function () use ($output, &$texts): void {
            $output->writeln($texts, OutputInterface::OUTPUT_RAW);
            $texts = [];
        };
        foreach ($this->dryRun->lines($type, $filter) as $line) {
            $totals->add($line);
            $records += $line->entityId() === $lastId ? 0 : 1;
            $lastId = $line->entityId();
            if (!$onlyProblems || $line->outcome !== 'post') {
                $texts[] = $this->text($line);
            }
            if ($records % self::LINES_AT_ONCE === 0) {
                $progress->interrupt($write);
                $progress->advanceTo($records);
            }
        }
        $progress->finish();
        $write();
        $this->showTotals($totals, $output);
    }

    private function text(DryRunLine $line): string
    {
        return sprintf(
            '%-7s %-24s %-14s %12s %-3s %s',
            $line->outcome,
            $line->key,
            $line->incrementId,
            $line->total,
            $line->currency,
            trim($line->code . ' ' . $line->message . ' ' . $line->suggestion)
        );
    }

    private function showTotals(DryRunTotals $totals, OutputInterface $output): void
    {
        foreach ($totals->outcomes as $outcome => $number) {
            $output->writeln(sprintf('%-7s %d', $outcome, $number));
        }
        foreach ($totals->reasons as $code => $number) {
            $output->writeln(sprintf('  %-40s %d', $code, $number));
        }
        foreach ($totals->amounts as $kind => $amounts) {
            foreach ($amounts as $currency => $amount) {
                $output->writeln(sprintf('%-20s %16s %s', $kind, $amount, $currency));
            }
        }
    }
}
