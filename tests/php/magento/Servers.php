<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

/**
 * Servers of a run, each under a name and with a log of its own; all end with the run.
 */
class Servers
{
    private const KILL = 9;

    /** @var array<string, array{process: resource, url: string}> */
    private array $running = [];

    public function __construct(private readonly string $folder)
    {
        register_shutdown_function($this->stopAll(...));
    }

    /**
     * Starts a program that says on its first line of output, in JSON, where it listens.
     *
     * @param string[] $command
     * @param array<string, string> $environment
     * @return array<string, string> all that the line says
     */
    public function start(string $name, array $command, array $environment): array
    {
        $files = [['file', '/dev/null', 'r'], ['pipe', 'w'], $this->logFile($name)];
        $process = proc_open($command, $files, $pipes, null, $environment + getenv());
        $first = json_decode((string) fgets($pipes[1]), true);
        if (!isset($first['listening'])) {
            throw new \RuntimeException($name . ' does not start: ' . $this->log($name));
        }
        $this->running[$name] = ['process' => $process, 'url' => 'http://' . $first['listening']];

        return $first;
    }

    /**
     * Starts a program that serves at an address and says nothing, and waits until it takes connections.
     *
     * @param string[] $command
     * @param array<string, string> $environment
     */
    public function serve(string $name, string $address, array $command, array $environment, string $directory): void
    {
        $this->keep($name, $command, $environment, $directory, 'http://' . $address);
        for ($try = 0; $try < 100 && @fsockopen('tcp://' . $address) === false; $try++) {
            usleep(50_000);
        }
    }

    /**
     * Starts a program that goes on by itself.
     *
     * @param string[] $command
     * @param array<string, string> $environment
     */
    public function keep(
        string $name,
        array $command,
        array $environment,
        string $directory,
        string $url = ''
    ): void {
        $log = $this->logFile($name);
        $files = [['file', '/dev/null', 'r'], $log, $log];
        $process = proc_open($command, $files, $pipes, $directory, $environment + getenv());
        $this->running[$name] = ['process' => $process, 'url' => $url];
    }

    public function stop(string $name): void
    {
        if (isset($this->running[$name])) {
            $process = $this->running[$name]['process'];
            // The workers of a web server would go on listening without it.
            $id = proc_get_status($process)['pid'];
            $workers = explode(' ', trim((string) @file_get_contents("/proc/$id/task/$id/children")));
            proc_terminate($process, self::KILL);
            foreach (array_filter($workers, 'strlen') as $worker) {
                posix_kill((int) $worker, self::KILL);
            }
            proc_close($process);
            unset($this->running[$name]);
        }
    }

    /**
     * Where a server is reached; empty when it does not run.
     */
    public function url(string $name): string
    {
        return $this->running[$name]['url'] ?? '';
    }

    /**
     * What a server wrote to its log, the end of it.
     */
    public function log(string $name): string
    {
        return substr((string) file_get_contents($this->folder . '/' . $name . '.log'), -2000);
    }

    /**
     * @return array{string, string, string}
     */
    private function logFile(string $name): array
    {
        return ['file', $this->folder . '/' . $name . '.log', 'a'];
    }

    private function stopAll(): void
    {
        foreach (array_keys($this->running) as $name) {
            $this->stop($name);
        }
    }
}
