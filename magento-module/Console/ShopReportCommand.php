<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\Decision;
use Byte8\SageAccounting\Model\DryRun\DryRunRange;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\ShopReport\ShopReport;
use Magento\Framework\App\Area;
use Magento\Framework\App\State;
use Magento\Framework\Console\Cli;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * Tells the relay the shop's profile, and on request what its documents of the last days would become, or what the
 * documents of some days add up to.
 */
class ShopReportCommand extends Command
{
    private const MOST_DAYS = 366;
    private const EARLIER_RELEASE = 'The relay is of an earlier release and does not take this yet.';

    public function __construct(private readonly ShopReport $report, private readonly State $appState)
    {
        parent::__construct('byte8:sage:shop:report');
    }

    protected function configure(): void
    {
        $this->setDescription('Tells the relay what settings can be proposed from')
            ->addOption('dry-run', null, InputOption::VALUE_NONE, 'Also what the last days would become')
            ->addOption('days', null, InputOption::VALUE_REQUIRED, sprintf(
                'With --dry-run: how many days up to yesterday, by default %d',
                DryRunRange::DAYS
            ))
            ->addOption('from', null, InputOption::VALUE_REQUIRED, 'Instead: the totals from this day, YYYY-MM-DD')
            ->addOption('to', null, InputOption::VALUE_REQUIRED, 'With --from: up to this day, YYYY-MM-DD');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $days = $input->getOption('days') ?? (string) DryRunRange::DAYS;
        $isGood = preg_match('/^[0-9]{1,3}$/D', (string) $days) === 1 && $days >= 1 && $days <= self::MOST_DAYS
            && ($input->getOption('days') === null || $input->getOption('dry-run'));
        $from = $input->getOption('from');
        $to = $input->getOption('to');
        if (($from === null) !== ($to === null) || ($from !== null && $input->getOption('dry-run'))) {
            $output->writeln('<error>Give --from and --to together, without --dry-run.</error>');

            return Cli::RETURN_FAILURE;
        }
        if (!$isGood) {
            $output->writeln(sprintf('<error>Give --days from 1 to %d, with --dry-run.</error>', self::MOST_DAYS));

            return Cli::RETURN_FAILURE;
        }
        try {
            $this->appState->emulateAreaCode(
                Area::AREA_CRONTAB,
                fn () => $from === null
                    ? $this->send($input->getOption('dry-run') ? (int) $days : 0, $output)
                    : $this->sendTotals((string) $from, (string) $to, $output)
            );
        } catch (RelayException $failure) {
            $suggestion = $this->report->suggestion($failure);
            $output->writeln('<error>' . $failure->getMessage() . ' ' . $suggestion . '</error>');

            return Cli::RETURN_FAILURE;
        } catch (\InvalidArgumentException $exception) {
            $output->writeln('<error>' . $exception->getMessage() . '</error>');

            return Cli::RETURN_FAILURE;
        } catch (BridgeException $exception) {
            $output->writeln('<error>' . $exception->summary() . '</error>');

            return Cli::RETURN_FAILURE;
        }

        return Cli::RETURN_SUCCESS;
    }

    /**
     * @param int $days of the dry run, 0 for none
     */
    private function send(int $days, OutputInterface $output): void
    {
        $output->writeln($this->report->sendProfile() ? 'The relay has this shop\'s profile.' : self::EARLIER_RELEASE);
        if ($days === 0) {
            return;
        }
        $progress = new RecordProgress($output, $days, 'days');
        $summary = $this->report->sendDryRun($days, null, static fn () => $progress->advance());
        $progress->finish();
        $output->writeln($summary === null ? self::EARLIER_RELEASE : sprintf(
            'The relay has the dry run of %s to %s: %d to post, %d to skip, %d to reject.',
            $summary->from,
            $summary->to,
            $summary->count(Decision::POST),
            $summary->count(Decision::SKIP),
            $summary->count(Decision::REJECT)
        ));
    }

    private function sendTotals(string $from, string $to, OutputInterface $output): void
    {
        $isTaken = $this->report->sendTotals($from, $to);
        $output->writeln(
            $isTaken ? sprintf('The relay has the totals of %s to %s.', $from, $to) : self::EARLIER_RELEASE
        );
    }
}
