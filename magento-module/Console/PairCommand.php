<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Connection\KeyConnection;
use Byte8\SageAccounting\Model\Connection\Pairing;
use Byte8\SageAccounting\Model\Installation\InstallationMove;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Magento\Framework\Console\Cli;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Formatter\OutputFormatter;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * Shows a pairing code, connects with a key from standard input, or says whether the shop moved.
 */
class PairCommand extends Command
{
    public function __construct(
        private readonly Pairing $pairing,
        private readonly InstallationMove $move,
        private readonly KeyConnection $keyConnection
    ) {
        parent::__construct('byte8:sage:pair');
    }

    protected function configure(): void
    {
        $this->setDescription('Pairs this shop with its relay')
            ->addOption('relay-url', null, InputOption::VALUE_REQUIRED, 'URL of the relay, for a secret without it')
            ->addOption('binding', null, InputOption::VALUE_REQUIRED, 'ID of this shop at the relay, likewise')
            ->addOption('api-key-stdin', null, InputOption::VALUE_NONE, 'Connect with the key on standard input: '
                . 'the whole text that the relay shows, or with --relay-url and --binding the secret alone')
            ->addOption('moved', null, InputOption::VALUE_NONE, 'Confirm that this shop has moved and is no copy')
            ->addOption('disconnect', null, InputOption::VALUE_NONE, 'Disconnect; documents stay in the queue');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        if ($input->getOption('disconnect')) {
            $this->pairing->disconnect();
            $output->writeln('Disconnected.');

            return Cli::RETURN_SUCCESS;
        }
        if ($input->getOption('moved')) {
            return $this->moved($output);
        }
        if (!$input->getOption('api-key-stdin')) {
            $output->writeln('Pairing code (valid once, for 30 minutes): ' . $this->pairing->newCode());

            return Cli::RETURN_SUCCESS;
        }

        return $this->connect($input, $output);
    }

    private function connect(InputInterface $input, OutputInterface $output): int
    {
        $text = trim((string) stream_get_contents(STDIN));
        $url = rtrim((string) $input->getOption('relay-url'), '/');
        $binding = (string) $input->getOption('binding');
        $isWhole = str_starts_with($text, '{') || ($url === '' && $binding === '');
        $result = $isWhole
            ? $this->keyConnection->withText($text)
            : $this->keyConnection->with(new Connection($url, $binding, $text));
        foreach ($result->lines as $line) {
            $line = OutputFormatter::escape($line);
            $output->writeln($result->isConnected ? $line : '<error>' . $line . '</error>');
        }

        return $result->isConnected ? Cli::RETURN_SUCCESS : Cli::RETURN_FAILURE;
    }

    private function moved(OutputInterface $output): int
    {
        try {
            $this->move->confirm();
        } catch (RelayException $failure) {
            $output->writeln('<error>' . $failure->getMessage() . ' ' . $failure->suggestion() . '</error>');

            return Cli::RETURN_FAILURE;
        }
        $output->writeln('This shop now sends to Sage. Documents are sent with the next run.');

        return Cli::RETURN_SUCCESS;
    }
}
