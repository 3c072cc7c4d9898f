<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Connection\Pairing;
use Byte8\SageAccounting\Model\Connection\TransportRule;
use Byte8\SageAccounting\Model\Installation\InstallationMove;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Magento\Framework\Console\Cli;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * Shows a pairing code, connects directly with a secret from standard input, or says whether the shop moved.
 */
class PairCommand extends Command
{
    public function __construct(
        private readonly Pairing $pairing,
        private readonly InstallationMove $move,
        private readonly TransportRule $transportRule
    ) {
        parent::__construct('byte8:sage:pair');
    }

    protected function configure(): void
    {
        $this->setDescription('Pairs this shop with its relay')
            ->addOption('relay-url', null, InputOption::VALUE_REQUIRED, 'URL of the relay')
            ->addOption('binding', null, InputOption::VALUE_REQUIRED, 'ID of this shop at the relay')
            ->addOption('api-key-stdin', null, InputOption::VALUE_NONE, 'Read the shared secret from standard input')
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
        $url = rtrim((string) $input->getOption('relay-url'), '/');
        $binding = (string) $input->getOption('binding');
        $apiKey = trim((string) stream_get_contents(STDIN));
        if ($binding === '' || $apiKey === '' || !$this->transportRule->allowsUrl($url)) {
            $output->writeln('<error>Give --binding, an https --relay-url and the secret on standard input.</error>');

            return Cli::RETURN_FAILURE;
        }
        $this->pairing->connect(new Connection($url, $binding, $apiKey));
        $output->writeln('Connected to ' . $url . ' as ' . $binding . '.');

        return Cli::RETURN_SUCCESS;
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
