<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

use Byte8\SageAccounting\Model\Token\Base64Url;
use Byte8\SageAccounting\Tools\PhpFpm;

/**
 * Relay and Sage simulator of an end-to-end run, and PHP with and without the extension; all end with the run.
 */
class Programs
{
    private const BINDING = 'e2e';

    /** Chromium opens connections ahead of need, and each keeps a worker of PHP's web server for a minute. */
    private const SHOP_WORKERS = '12';

    public readonly string $apiKey;

    private string $serverKey;

    private int $relayPort = 0;

    private readonly Servers $servers;

    public function __construct(public readonly string $folder, private readonly string $magento)
    {
        $this->apiKey = bin2hex(random_bytes(32));
        $this->serverKey = bin2hex(random_bytes(32));
        $this->servers = new Servers($folder);
    }

    public function startSimulator(): void
    {
        $reference = dirname(__DIR__, 3) . '/golden/profiles/sage_gb_everything.json';
        $this->servers->start('simulator', [
            (string) getenv('LEDGER_SIMULATOR_BIN'), '--listen', '127.0.0.1:0', '--reference', $reference,
        ], []);
    }

    public function startRelay(): void
    {
        $isFirst = $this->relayPort === 0;
        if ($isFirst) {
            $free = stream_socket_server('tcp://127.0.0.1:0');
            $this->relayPort = (int) substr((string) strrchr((string) stream_socket_get_name($free, false), ':'), 1);
            fclose($free);
            $this->addBinding();
        }
        $this->servers->start('relay', [(string) getenv('LEDGER_RELAY_BIN'), 'serve'], $this->relayEnvironment());
    }

    public function stop(string $name): void
    {
        $this->servers->stop($name);
    }

    public function url(string $name): string
    {
        return $this->servers->url($name);
    }

    /**
     * Magento itself behind PHP's own web server; at its own address where that is on this machine and free.
     */
    public function startShop(bool $withExtension, string $baseUrl): void
    {
        $free = $this->socketOfBaseUrl($baseUrl) ?: stream_socket_server('tcp://127.0.0.1:0');
        $address = (string) stream_socket_get_name($free, false);
        fclose($free);
        $command = [
            ...$this->php($withExtension), '-S', $address,
            '-t', $this->magento . '/pub/', $this->magento . '/phpserver/router.php',
        ];
        $workers = ['PHP_CLI_SERVER_WORKERS' => self::SHOP_WORKERS];
        $this->servers->serve('shop', $address, $command, $workers, $this->magento);
    }

    /**
     * Magento's cron at the beginning of each minute, as a server runs it.
     */
    public function startCron(): void
    {
        $command = [...$this->php(true), 'bin/magento', 'cron:run', '--group=default'];
        $script = 'while :; do ' . implode(' ', array_map('escapeshellarg', $command))
            . '; sleep $((60 - $(date +%s) % 60)); done';
        $this->servers->keep('cron', ['sh', '-c', $script], [], $this->magento);
    }

    /**
     * PHP-FPM for the benchmark: one worker, with an opcode cache as shops have it.
     *
     * @param bool $partsEarly whether PHP can send the answer before the request has ended
     */
    public function costServer(bool $partsEarly): PhpFpm
    {
        $cache = [
            '-d', 'opcache.enable=1', '-d', 'opcache.memory_consumption=512', '-d', 'opcache.validate_timestamps=0',
            '-d', 'opcache.max_accelerated_files=60000', '-d', 'max_execution_time=0',
        ];
        $functions = $partsEarly ? [] : ['-d', 'disable_functions=fastcgi_finish_request'];

        return new PhpFpm(
            [...array_slice($this->php(true), 1), ...$cache, ...$functions],
            ['BYTE8_MAGENTO' => $this->magento],
            $this->magento
        );
    }

    /**
     * What a server wrote to its log, the end of it.
     */
    public function log(string $name): string
    {
        return $this->servers->log($name);
    }

    /**
     * Connects the shop with the key that the relay already knows.
     */
    public function connect(): void
    {
        $options = ['--api-key-stdin', '--relay-url=' . $this->url('relay'), '--binding=' . self::BINDING];
        [$status, $output] = $this->magento(['byte8:sage:pair', ...$options], true, $this->apiKey . "\n");
        if ($status !== 0) {
            throw new \RuntimeException('The shop cannot be connected: ' . $output);
        }
    }

    /**
     * Gives the relay its settings for this shop, as an operator does.
     *
     * @return array{int, string}
     */
    public function setSettings(string $file): array
    {
        return $this->ledgerCli('settings:set', self::BINDING, $file);
    }

    /**
     * @return array{int, string} exit status and output
     */
    public function ledgerCli(string ...$arguments): array
    {
        $cli = dirname((string) getenv('LEDGER_RELAY_BIN')) . '/ledger-cli';

        return $this->run([$cli, ...$arguments], '', $this->relayEnvironment());
    }

    /**
     * What the installed Magento says of its own environment.
     *
     * @return array<string, mixed>
     */
    public function environment(): array
    {
        return require $this->magento . '/app/etc/env.php';
    }

    /**
     * What the simulated ledger holds.
     *
     * @return array<string, array<int, array<string, mixed>>>
     */
    public function ledger(): array
    {
        return json_decode((string) file_get_contents($this->url('simulator') . '/_simulator/ledger'), true);
    }

    /**
     * bin/magento with arguments: its output and exit status.
     *
     * @param string[] $arguments
     * @return array{int, string}
     */
    public function magento(array $arguments, bool $withExtension = true, string $input = ''): array
    {
        return $this->run([...$this->php($withExtension), 'bin/magento', ...$arguments, '--no-ansi'], $input);
    }

    /**
     * One action of drive.php.
     *
     * @return array<int|string, mixed>
     */
    public function drive(string $action, string ...$arguments): array
    {
        return $this->driveBy(true, [], $action, ...$arguments);
    }

    /**
     * @param string[] $options further options of PHP
     * @return array<int|string, mixed>
     */
    public function driveBy(bool $withExtension, array $options, string $action, string ...$arguments): array
    {
        $command = [...$this->php($withExtension), ...$options, __DIR__ . '/drive.php', $this->magento, $action];
        [$status, $output] = $this->run([...$command, ...$arguments], '');
        $lines = explode("\n", trim($output));
        $answer = json_decode((string) end($lines), true);
        if ($status !== 0 || !is_array($answer)) {
            throw new \RuntimeException('drive ' . $action . ' failed: ' . substr($output, -2000));
        }

        return $answer;
    }

    /**
     * A token of the relay's, as docs/contracts.md §8 says.
     *
     * @param array<string, mixed> $claims
     */
    public function token(string $body, array $claims = []): string
    {
        $claims += [
            'iss' => 'ledger-relay', 'aud' => self::BINDING, 'iat' => time(), 'exp' => time() + 60,
            'jti' => bin2hex(random_bytes(8)), 'body' => hash('sha256', $body),
        ];
        $signed = Base64Url::encode((string) json_encode(['alg' => 'HS256'])) . '.'
            . Base64Url::encode((string) json_encode($claims));
        $key = hash_hkdf('sha256', $this->apiKey, 32, 'byte8-magento-inbound-v1');

        return $signed . '.' . Base64Url::encode(hash_hmac('sha256', $signed, $key, true));
    }

    /**
     * @return array{int, mixed} status and decoded body
     */
    public function rest(string $path, ?string $body, ?string $token): array
    {
        $curl = curl_init($this->url('shop') . '/rest/V1/byte8/' . $path);
        $headers = ['Content-Type: application/json', 'Accept: application/json'];
        if ($token !== null) {
            $headers[] = 'Authorization: Bearer ' . $token;
        }
        curl_setopt_array($curl, [
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => 120,
            CURLOPT_HTTPHEADER => $headers,
        ]);
        if ($body !== null) {
            curl_setopt($curl, CURLOPT_POSTFIELDS, $body);
        }
        $answer = curl_exec($curl);

        return [(int) curl_getinfo($curl, CURLINFO_RESPONSE_CODE), json_decode((string) $answer, true)];
    }

    /**
     * @return resource|false
     */
    private function socketOfBaseUrl(string $url): mixed
    {
        return preg_match('~^http://(127\.0\.0\.1:[0-9]+)/$~D', $url, $parts) === 1
            ? @stream_socket_server('tcp://' . $parts[1])
            : false;
    }

    /**
     * @param string[] $command
     * @param ?array<string, string> $environment
     * @return array{int, string}
     */
    private function run(array $command, string $input, ?array $environment = null): array
    {
        file_put_contents($this->folder . '/input', $input);
        $files = [['file', $this->folder . '/input', 'r'], ['pipe', 'w'], ['redirect', 1]];
        $process = proc_open($command, $files, $pipes, $this->magento, $environment);
        $output = (string) stream_get_contents($pipes[1]);

        return [proc_close($process), $output];
    }

    /**
     * @return string[]
     */
    private function php(bool $withExtension): array
    {
        return $withExtension
            ? [PHP_BINARY, '-d', 'memory_limit=2G', '-d', 'extension=' . getenv('LEDGER_PHP_EXTENSION'),
                '-d', 'byte8_sage.component=' . getenv('LEDGER_COMPONENT')]
            : [PHP_BINARY, '-d', 'memory_limit=2G'];
    }

    private function addBinding(): void
    {
        $context = stream_context_create(['http' => [
            'method' => 'POST', 'header' => 'Content-Type: application/json', 'content' => '{}',
        ]]);
        $answer = file_get_contents($this->url('simulator') . '/_simulator/grant', false, $context);
        $grant = json_decode((string) $answer, true);
        file_put_contents($this->folder . '/api.key', $this->apiKey);
        file_put_contents($this->folder . '/refresh.token', $grant['refresh_token']);
        $command = [
            (string) getenv('LEDGER_RELAY_BIN'), 'binding', 'add', '--id', self::BINDING,
            '--business', $grant['business_id'], '--sage-base-url', $this->url('simulator'),
            '--api-key-file', $this->folder . '/api.key', '--refresh-token-file', $this->folder . '/refresh.token',
        ];
        $log = ['file', $this->folder . '/binding.log', 'a'];
        $files = [['file', '/dev/null', 'r'], $log, $log];
        $process = proc_open($command, $files, $pipes, null, $this->relayEnvironment());
        if (proc_close($process) !== 0) {
            throw new \RuntimeException('binding add: ' . file_get_contents($this->folder . '/binding.log'));
        }
    }

    /**
     * @return array<string, string>
     */
    private function relayEnvironment(): array
    {
        return [
            'LEDGER_RELAY__SERVER__LISTEN' => '127.0.0.1:' . $this->relayPort,
            'LEDGER_RELAY__DASHBOARD__LISTEN' => '127.0.0.1:0',
            'LEDGER_RELAY__STORE__PATH' => $this->folder . '/relay.sqlite3',
            'LEDGER_RELAY__KEYS__SERVER_KEY' => $this->serverKey,
            'LEDGER_RELAY__SAGE__CLIENT_ID' => 'e2e',
            'LEDGER_RELAY__PUSH__EVERY_MS' => '300',
            'LEDGER_RELAY__PUSH__ALLOW_PRIVATE_NETWORKS' => 'true',
            'LEDGER_RELAY__SAGE__REQUESTS_PER_MINUTE' => '0',
            'LEDGER_RELAY__SAGE__REQUESTS_PER_DAY' => '0',
        ] + getenv();
    }
}
