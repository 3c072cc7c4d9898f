<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools;

/**
 * A service on a Unix socket that gives prepared answers, in a process of its own.
 */
class FakeSocketService
{
    /** Closes the connection instead of answering. */
    public const HANG_UP = null;

    /** Keeps the connection and says nothing. */
    public const SILENCE = '';

    /**
     * @param resource $process
     */
    private function __construct(private readonly string $path, private readonly mixed $process)
    {
    }

    /**
     * @param array<int, ?string> $answers one for each question, in this order
     */
    public static function answering(array $answers): self
    {
        $path = sys_get_temp_dir() . '/byte8-' . bin2hex(random_bytes(6)) . '.sock';
        $command = [PHP_BINARY, '-n', dirname(__DIR__) . '/socket-service.php', $path];
        $process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], STDERR], $pipes);
        if ($process === false) {
            throw new \RuntimeException('the fake service does not start');
        }
        fwrite($pipes[0], serialize($answers));
        fclose($pipes[0]);
        if (fgets($pipes[1]) !== "ready\n") {
            throw new \RuntimeException('the fake service is not ready');
        }

        return new self($path, $process);
    }

    /**
     * An answer that is a text.
     */
    public static function text(string $text): string
    {
        return self::answer(['answer' => 'text', 'bytes' => strlen($text)], $text);
    }

    /**
     * @param array<string, string|int> $header what differs from an empty answer
     */
    public static function answer(array $header, string $document = ''): string
    {
        $header += array_fill_keys(['code', 'pointer', 'message', 'suggestion'], '');
        $header += ['answer' => 'post', 'bytes' => 0];

        return json_encode($header, JSON_THROW_ON_ERROR) . "\n" . $document;
    }

    public function path(): string
    {
        return $this->path;
    }

    public function __destruct()
    {
        proc_terminate($this->process);
        proc_close($this->process);
        if (file_exists($this->path)) {
            unlink($this->path);
        }
    }
}
