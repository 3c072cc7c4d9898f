<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Byte8\SageAccounting\Model\Status\SelfTest;
use Byte8\SageAccounting\Model\Status\SelfTestResult;
use Magento\Framework\Console\Cli;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * Tests every part once and shows what fails. Changes nothing.
 */
class SelftestCommand extends Command
{
    private const WORDS = [
        SelfTestResult::GOOD => '<info>ok  </info>',
        SelfTestResult::NOTE => '<comment>note</comment>',
        SelfTestResult::BAD => '<error>FAIL</error>',
    ];

    public function __construct(private readonly SelfTest $selfTest)
    {
        parent::__construct('byte8:sage:selftest');
    }

    protected function configure(): void
    {
        $this->setDescription('Tests database, core, settings and relay, and shows what fails');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $good = true;
        foreach ($this->selfTest->run() as $result) {
            $output->writeln(sprintf('%s  %-12s %s', self::WORDS[$result->grade], $result->part, $result->message));
            if ($result->suggestion !== '') {
                $output->writeln(str_repeat(' ', 19) . $result->suggestion);
            }
            $good = $good && $result->grade !== SelfTestResult::BAD;
        }

        return $good ? Cli::RETURN_SUCCESS : Cli::RETURN_FAILURE;
    }
}
