<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;

/**
 * Where a command reads and writes; `-` among the file names is standard input, which can be read once.
 */
class Streams
{
    /** Decoded, a text can take a hundred times its size, and running out of memory would end the other files too. */
    private const MAXIMUM_BYTES = 32 * 1024 * 1024;

    /** How long a named pipe may wait for somebody to write into it. */
    private const SECONDS_FOR_A_WRITER = 3;

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
        if ($name === '-' || $name === '/dev/stdin') {
            if ($this->inputWasRead) {
                throw new CanonicalDataException('', 'standard input can be read only once');
            }
            $this->inputWasRead = true;

            return $this->contents($this->input);
        }
        if (!file_exists($name)) {
            throw new CanonicalDataException('', 'no such file');
        }
        if (is_dir($name)) {
            throw new CanonicalDataException('', 'is a folder, not a file');
        }

        // PHP cannot open a shell's `<(command)` by its path, only by its number.
        $path = preg_replace('~^/(?:dev|proc/self)/fd/([0-9]+)$~D', 'php://fd/$1', $name);
        $isNamedPipe = $path === $name && filetype($name) === 'fifo';
        // Opening a named pipe that nobody writes into would otherwise wait for ever.
        $stream = $this->withoutWarnings(static fn (): mixed => fopen($path, $isNamedPipe ? 'rn' : 'r'));
        if ($stream === false) {
            throw new CanonicalDataException('', 'cannot be read');
        }

        return ($isNamedPipe ? $this->beginningOfPipe($stream) : '') . $this->contents($stream);
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
     * One line on standard error, even when a message quotes line feeds from the input or a file's name has some.
     */
    public function error(string $text): void
    {
        fwrite($this->errors, addcslashes($text, "\0..\37\177") . "\n");
    }

    /**
     * What has come through a pipe when it is certain that somebody writes; often nothing yet.
     *
     * @param resource $stream
     */
    private function beginningOfPipe(mixed $stream): string
    {
        $ready = [$stream];
        $none = null;
        stream_select($ready, $none, $none, self::SECONDS_FOR_A_WRITER);
        $beginning = (string) fread($stream, 1);
        if ($beginning === '' && feof($stream)) {
            throw new CanonicalDataException('', 'is a pipe into which nobody writes');
        }
        stream_set_blocking($stream, true);

        return $beginning;
    }

    /**
     * @param resource $stream
     */
    private function contents(mixed $stream): string
    {
        $text = $this->withoutWarnings(
            static fn (): mixed => stream_get_contents($stream, self::MAXIMUM_BYTES + 1)
        );
        if ($text === false) {
            throw new CanonicalDataException('', 'cannot be read');
        }
        if (strlen($text) > self::MAXIMUM_BYTES) {
            throw new CanonicalDataException('', sprintf('has more than %d bytes', self::MAXIMUM_BYTES));
        }

        return $text;
    }

    /**
     * What a reading function returns, or false when it complained.
     */
    private function withoutWarnings(\Closure $read): mixed
    {
        set_error_handler(static function (int $severity, string $message): never {
            throw new \ErrorException($message, 0, $severity);
        });
        try {
            return $read();
        } catch (\ErrorException) {
            return false;
        } finally {
            restore_error_handler();
        }
    }
}
