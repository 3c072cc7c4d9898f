<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools;

/**
 * A PHP-FPM with one worker, and requests to it as a web server would send them; gone when the process ends.
 */
class PhpFpm
{
    private const SECONDS_TO_START = 30;

    private const BEGIN = 1;
    private const PARAMETERS = 4;
    private const INPUT = 5;
    private const OUTPUT = 6;
    private const END = 3;

    /** @var resource */
    private mixed $process;

    private readonly string $folder;

    /**
     * @param string[] $options options of PHP, such as `-d name=value`
     * @param array<string, string> $environment what scripts find in their environment besides this process's own
     */
    public function __construct(array $options = [], array $environment = [], string $directory = '/')
    {
        $this->folder = sys_get_temp_dir() . '/byte8-fpm-' . getmypid() . '-' . bin2hex(random_bytes(4));
        mkdir($this->folder, 0700);
        file_put_contents($this->folder . '/fpm.conf', $this->configuration());
        $log = ['file', $this->folder . '/fpm.log', 'a'];
        // -F: in the foreground; -R: root may, where tests are root.
        $process = proc_open(
            [self::program(), '-F', '-R', '-y', $this->folder . '/fpm.conf', ...$options],
            [['file', '/dev/null', 'r'], $log, $log],
            $pipes,
            $directory,
            $environment + getenv()
        );
        $this->process = $process === false ? throw new \RuntimeException('PHP-FPM cannot be started') : $process;
        register_shutdown_function($this->stop(...));
        for ($deadline = microtime(true) + self::SECONDS_TO_START; !file_exists($this->socket()); usleep(10_000)) {
            if (microtime(true) > $deadline || !proc_get_status($this->process)['running']) {
                throw new \RuntimeException('PHP-FPM did not start: ' . $this->log());
            }
        }
    }

    /**
     * The body of the answer to a request for a script.
     */
    public function get(string $script, string $path): string
    {
        $stream = stream_socket_client('unix://' . $this->socket());
        $parameters = '';
        $values = [
            'REQUEST_METHOD' => 'GET', 'SCRIPT_FILENAME' => $script, 'SCRIPT_NAME' => '/' . basename($script),
            'REQUEST_URI' => $path, 'QUERY_STRING' => (string) parse_url($path, PHP_URL_QUERY),
            'SERVER_PROTOCOL' => 'HTTP/1.1',
        ];
        foreach ($values as $name => $value) {
            $parameters .= pack('NN', strlen($name) | 1 << 31, strlen($value) | 1 << 31) . $name . $value;
        }
        fwrite($stream, $this->record(self::BEGIN, pack('nCx5', 1, 0)) . $this->record(self::PARAMETERS, $parameters)
            . $this->record(self::PARAMETERS, '') . $this->record(self::INPUT, ''));
        $output = '';
        while (($header = (string) stream_get_contents($stream, 8)) !== '') {
            $record = unpack('Cversion/Ctype/nid/nlength/Cpadding', $header);
            $content = (string) stream_get_contents($stream, $record['length'] + $record['padding']);
            if ($record['type'] === self::END) {
                break;
            }
            $output .= $record['type'] === self::OUTPUT ? substr($content, 0, $record['length']) : '';
        }
        fclose($stream);

        return explode("\r\n\r\n", $output, 2)[1] ?? '';
    }

    /**
     * What it wrote to its log, the end of it.
     */
    public function log(): string
    {
        return substr((string) file_get_contents($this->folder . '/fpm.log'), -2000);
    }

    public function stop(): void
    {
        if (is_resource($this->process)) {
            // Its default signal, which lets it take its worker with it.
            proc_terminate($this->process);
            proc_close($this->process);
            foreach ((array) glob($this->folder . '/*') as $file) {
                unlink((string) $file);
            }
            rmdir($this->folder);
        }
    }

    /**
     * The PHP-FPM of this PHP's version; Debian keeps it where only root looks.
     */
    private static function program(): string
    {
        $debian = sprintf('/usr/sbin/php-fpm%d.%d', PHP_MAJOR_VERSION, PHP_MINOR_VERSION);

        return getenv('LEDGER_PHP_FPM') ?: (is_executable($debian) ? $debian : 'php-fpm');
    }

    private function socket(): string
    {
        return $this->folder . '/fpm.sock';
    }

    private function configuration(): string
    {
        $isRoot = function_exists('posix_geteuid') && posix_geteuid() === 0;

        return "[global]\nerror_log = {$this->folder}/fpm.log\ndaemonize = no\n[www]\nlisten = {$this->socket()}\n"
            . "pm = static\npm.max_children = 1\nclear_env = no\ncatch_workers_output = yes\n"
            . ($isRoot ? "user = root\ngroup = root\n" : '');
    }

    private function record(int $type, string $content): string
    {
        return pack('CCnnCx', 1, $type, 1, strlen($content), 0) . $content;
    }
}
