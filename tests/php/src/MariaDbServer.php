<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools;

/**
 * A MariaDB of the tests' own: a fresh folder, a Unix socket, no network; gone when the process ends.
 */
class MariaDbServer
{
    private const SECONDS_TO_START = 60;

    private static ?self $running = null;

    /**
     * @param resource $process
     */
    private function __construct(private readonly string $folder, private mixed $process)
    {
    }

    /**
     * The one server of this process, started when it is first asked for.
     */
    public static function running(): self
    {
        return self::$running ??= self::start();
    }

    /**
     * A connection to a database of this name, which is made empty.
     */
    public function freshDatabase(string $name): \PDO
    {
        $server = $this->connect('');
        $server->exec('DROP DATABASE IF EXISTS `' . $name . '`');
        $server->exec('CREATE DATABASE `' . $name . '` CHARACTER SET utf8mb3');

        return $this->connect($name);
    }

    public function connect(string $database): \PDO
    {
        $dsn = 'mysql:unix_socket=' . $this->folder . '/socket' . ($database === '' ? '' : ';dbname=' . $database);

        return new \PDO($dsn, 'root', '', [\PDO::ATTR_ERRMODE => \PDO::ERRMODE_EXCEPTION]);
    }

    private static function start(): self
    {
        $folder = sys_get_temp_dir() . '/byte8-mariadb-' . getmypid() . '-' . bin2hex(random_bytes(4));
        mkdir($folder, 0700);
        $user = function_exists('posix_geteuid') && posix_geteuid() === 0 ? ['--user=root'] : [];
        $log = $folder . '/log';
        self::run([
            'mariadb-install-db', '--no-defaults', '--datadir=' . $folder . '/data', '--skip-test-db',
            '--auth-root-authentication-method=normal', ...$user,
        ], $log);
        $process = self::open([
            self::program(), '--no-defaults', '--datadir=' . $folder . '/data', '--socket=' . $folder . '/socket',
            '--pid-file=' . $folder . '/pid', '--skip-networking', '--innodb-flush-log-at-trx-commit=0',
            '--innodb-buffer-pool-size=32M', '--performance-schema=OFF', '--innodb-lock-wait-timeout=3', ...$user,
        ], $log);
        $server = new self($folder, $process);
        register_shutdown_function($server->stop(...));
        $deadline = microtime(true) + self::SECONDS_TO_START;
        while (true) {
            try {
                $server->connect('');

                return $server;
            } catch (\PDOException $exception) {
                if (microtime(true) > $deadline || !proc_get_status($process)['running']) {
                    throw new \RuntimeException('MariaDB did not start: ' . file_get_contents($log), 0, $exception);
                }
                usleep(50_000);
            }
        }
    }

    private static function program(): string
    {
        foreach (['/usr/sbin/mariadbd', '/usr/libexec/mariadbd', '/usr/sbin/mysqld'] as $program) {
            if (is_executable($program)) {
                return $program;
            }
        }

        return 'mariadbd';
    }

    /**
     * @param string[] $command
     */
    private static function run(array $command, string $log): void
    {
        if (proc_close(self::open($command, $log)) !== 0) {
            throw new \RuntimeException($command[0] . ' failed: ' . file_get_contents($log));
        }
    }

    /**
     * @param string[] $command
     * @return resource
     */
    private static function open(array $command, string $log): mixed
    {
        $files = [['file', '/dev/null', 'r'], ['file', $log, 'a'], ['file', $log, 'a']];
        $process = proc_open($command, $files, $pipes);

        return $process === false ? throw new \RuntimeException($command[0] . ' cannot be started') : $process;
    }

    private function stop(): void
    {
        proc_terminate($this->process, 9);
        proc_close($this->process);
        $all = new \RecursiveIteratorIterator(
            new \RecursiveDirectoryIterator($this->folder, \FilesystemIterator::SKIP_DOTS),
            \RecursiveIteratorIterator::CHILD_FIRST
        );
        foreach ($all as $file) {
            $file->isDir() && !$file->isLink() ? rmdir((string) $file) : unlink((string) $file);
        }
        rmdir($this->folder);
    }
}
