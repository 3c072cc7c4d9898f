<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Console;

use Symfony\Component\Console\Helper\ProgressBar;
use Symfony\Component\Console\Output\ConsoleOutputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * The progress of a command that may take long: how much is done, how fast it goes, and how long it will take.
 *
 * On standard error, so that the results can be written to a file. A log gets a line every ten seconds.
 */
class RecordProgress
{
    private const SECONDS_ON_SCREEN = 0.2;
    private const SECONDS_IN_A_LOG = 10.0;

    private readonly OutputInterface $errors;

    private readonly ProgressBar $bar;

    private readonly float $began;

    /**
     * @param int $total 0 where it is not known
     * @param string $unit what is counted, such as `records`
     */
    public function __construct(OutputInterface $output, private readonly int $total, private readonly string $unit)
    {
        $this->errors = $output instanceof ConsoleOutputInterface ? $output->getErrorOutput() : $output;
        $seconds = $this->errors->isDecorated() ? self::SECONDS_ON_SCREEN : self::SECONDS_IN_A_LOG;
        $this->bar = new ProgressBar($this->errors, $total);
        $this->bar->setFormat('%message%');
        $this->bar->minSecondsBetweenRedraws($seconds);
        $this->bar->maxSecondsBetweenRedraws($seconds);
        $this->began = microtime(true);
        $this->advanceTo(0);
        $this->bar->start();
    }

    public function advance(int $number = 1): void
    {
        $this->advanceTo($this->bar->getProgress() + $number);
    }

    public function advanceTo(int $done): void
    {
        $this->bar->setMessage(self::text($done, $this->total, microtime(true) - $this->began, $this->unit));
        $this->bar->setProgress($done);
    }

    /**
     * Writes results without leaving parts of the progress between them.
     */
    public function interrupt(\Closure $write): void
    {
        if (!$this->errors->isDecorated()) {
            $write();

            return;
        }
        $this->bar->clear();
        $write();
        $this->bar->display();
    }

    /**
     * @return int how much was done
     */
    public function finish(): int
    {
        $done = $this->bar->getProgress();
        if ($this->errors->isDecorated()) {
            $this->bar->clear();
        } else {
            $this->errors->writeln('');
        }

        return $done;
    }

    /**
     * For example `12400 of 100000 records, 1550 a second, 56 s left`.
     */
    public static function text(int $done, int $total, float $seconds, string $unit): string
    {
        $text = $total === 0 ? sprintf('%d %s', $done, $unit) : sprintf('%d of %d %s', $done, $total, $unit);
        if ($done === 0 || $seconds < 1) {
            return $text;
        }
        $text .= sprintf(', %d a second', (int) ($done / $seconds));
        $left = (int) ceil(($total - $done) * $seconds / $done);

        return $total <= $done ? $text : $text . ', ' . self::duration($left) . ' left';
    }

    private static function duration(int $seconds): string
    {
        return match (true) {
            $seconds < 120 => $seconds . ' s',
            $seconds < 7200 => intdiv($seconds + 59, 60) . ' min',
            default => intdiv($seconds + 3599, 3600) . ' h',
        };
    }
}
