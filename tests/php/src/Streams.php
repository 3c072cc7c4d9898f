<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;

/**
 * Where a command reads and writes; `-` among the file names is standard input, which can be read once.
 */
class Streams
{
    private bool $inputWasRead = false;

    /**
     * @param resource $input
     * @param resource $output
     * @param resource $errors
     */
    public function __construct(
        private readonly mixed $input,
        private readonly mixed $output,
        private readonly mixed $errors
    ) {
    }

    public static function ofProcess(): self
    {
        return new self(STDIN, STDOUT, STDERR);
    }

    /**
     * @throws CanonicalDataException when the file cannot be read
     */
    public function readFile(string $name): string
    {
        if ($name === '-') {
            if ($this->inputWasRead) {
                throw new CanonicalDataException('', 'standard input can be read only once');
            }
            $this->inputWasRead = true;

            return (string) stream_get_contents($this->input);
        }
        if (!file_exists($name)) {
            throw new CanonicalDataException('', 'no such file');
        }
        if (!is_file($name) && is_dir($name)) {
            throw new CanonicalDataException('', 'is a folder, not a file');
        }
        $text = is_readable($name) ? file_get_contents($name) : false;
        if ($text === false) {
            throw new CanonicalDataException('', 'cannot be read');
        }

        return $text;
    }

    /**
     * The lines of standard input without their line feeds, one at a time.
     *
     * @return \Generator<int, string>
     */
    public function inputLines(): \Generator
    {
        while (($line = fgets($this->input)) !== false) {
            yield rtrim($line, "\r\n");
        }
    }

    public function line(string $text): void
    {
        fwrite($this->output, $text . "\n");
    }

    /**
     * One line on standard error, even when a message quotes line feeds from the input.
     */
    public function error(string $text): void
    {
        fwrite($this->errors, str_replace(["\r", "\n"], ['\r', '\n'], $text) . "\n");
    }
}
