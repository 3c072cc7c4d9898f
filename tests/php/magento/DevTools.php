<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

/**
 * A Chromium that a program operates through its DevTools protocol: opens pages, runs scripts in them, takes pictures.
 */
class DevTools
{
    private const COLOURS = 100;

    private const SECONDS_TO_START = 30;

    /** The first page of a Magento that compiles its styles takes minutes on a busy machine. */
    private const SECONDS_TO_ANSWER = 240;

    private int $sent = 0;

    /**
     * @param resource $socket
     * @param ?resource $process null for a further tab
     */
    private function __construct(
        private readonly string $address,
        private mixed $socket,
        private mixed $process = null
    ) {
    }

    public static function start(string $folder, int $width, int $height): self
    {
        $log = $folder . '/chromium.log';
        $process = proc_open([
            'chromium', '--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0',
            '--user-data-dir=' . $folder . '/chromium', '--window-size=' . $width . ',' . $height, 'about:blank',
        ], [['file', '/dev/null', 'r'], ['file', $log, 'w'], ['file', $log, 'w']], $pipes);
        $deadline = time() + self::SECONDS_TO_START;
        while (preg_match('~ws://([^/]+)/~', (string) file_get_contents($log), $found) !== 1) {
            if (time() > $deadline) {
                throw new \RuntimeException('Chromium does not start: ' . file_get_contents($log));
            }
            usleep(100_000);
        }
        $targets = self::ask($found[1], 'GET', '/json');
        $page = array_values(array_filter($targets, static fn (array $each): bool => $each['type'] === 'page'))[0];

        return new self($found[1], self::connected($found[1], $page), $process);
    }

    /**
     * Another tab of the same browser, with the same cookies.
     */
    public function tab(int $width, int $height): self
    {
        $page = self::ask($this->address, 'PUT', '/json/new?about:blank');
        $tab = new self($this->address, self::connected($this->address, $page));
        $tab->command('Emulation.setDeviceMetricsOverride', [
            'width' => $width, 'height' => $height, 'deviceScaleFactor' => 1, 'mobile' => false,
        ]);

        return $tab;
    }

    /**
     * Opens a URL and waits until a script returns true.
     */
    public function open(string $url, string $condition, int $seconds): bool
    {
        // A page behind another tab is not drawn, and Magento fills its grids while it draws.
        $this->command('Page.bringToFront', []);
        $this->command('Page.navigate', ['url' => $url]);

        return $this->waitFor($condition, $seconds);
    }

    /**
     * Waits until a script returns true.
     */
    public function waitFor(string $condition, int $seconds, int $everyMs = 500): bool
    {
        $deadline = time() + $seconds;
        do {
            usleep($everyMs * 1000);
            if ($this->evaluate('document.readyState === "complete" && !!(' . $condition . ')') === true) {
                return true;
            }
        } while (time() < $deadline);

        return false;
    }

    public function evaluate(string $script): mixed
    {
        $answer = $this->command('Runtime.evaluate', ['expression' => $script, 'returnByValue' => true]);

        return $answer['result']['value'] ?? null;
    }

    /**
     * Shows the window: pages behind another one do not draw.
     */
    public function bringToFront(): void
    {
        $this->command('Page.bringToFront', []);
    }

    /**
     * Types a text where the cursor is.
     */
    public function type(string $text): void
    {
        $this->command('Input.insertText', ['text' => $text]);
    }

    /**
     * A screenshot, reduced to a hundred colours if PHP can do that, to keep the file small.
     *
     * @param bool $isWhole of the whole page, not only of what the window shows
     */
    public function picture(string $file, bool $isWhole = false): void
    {
        $this->bringToFront();
        $size = $isWhole ? $this->command('Page.getLayoutMetrics', [])['cssContentSize'] : null;
        $options = $size === null ? [] : ['captureBeyondViewport' => true, 'clip' => $size + ['scale' => 1]];
        $png = base64_decode($this->command('Page.captureScreenshot', $options)['data'] ?? '');
        file_put_contents($file, $png);
        $image = function_exists('imagecreatefromstring') ? imagecreatefromstring($png) : false;
        if ($image !== false) {
            imagetruecolortopalette($image, false, self::COLOURS);
            imagepng($image, $file, 9);
        }
    }

    public function stop(): void
    {
        fclose($this->socket);
        if ($this->process !== null) {
            proc_terminate($this->process);
            proc_close($this->process);
        }
    }

    /**
     * What the browser answers about its tabs. It may leave the connection open, so PHP's own streams would wait.
     *
     * @return array<int|string, mixed>
     */
    private static function ask(string $address, string $method, string $path): array
    {
        $request = curl_init('http://' . $address . $path);
        curl_setopt_array($request, [
            CURLOPT_CUSTOMREQUEST => $method,
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_TIMEOUT => self::SECONDS_TO_START,
        ]);

        return json_decode((string) curl_exec($request), true) ?? [];
    }

    /**
     * A connection to a page of the browser.
     *
     * @param array<string, string> $page
     * @return resource
     */
    private static function connected(string $address, array $page): mixed
    {
        $path = (string) parse_url($page['webSocketDebuggerUrl'], PHP_URL_PATH);
        $socket = stream_socket_client('tcp://' . $address);
        stream_set_timeout($socket, self::SECONDS_TO_ANSWER);
        fwrite($socket, 'GET ' . $path . " HTTP/1.1\r\nHost: " . $address . "\r\nUpgrade: websocket\r\n"
            . "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
            . base64_encode(random_bytes(16)) . "\r\n\r\n");
        while (trim((string) fgets($socket)) !== '') {
            continue;
        }

        return $socket;
    }

    /**
     * @param array<string, mixed> $parameters
     * @return array<string, mixed>
     */
    private function command(string $method, array $parameters): array
    {
        $id = ++$this->sent;
        $this->write((string) json_encode(['id' => $id, 'method' => $method, 'params' => (object) $parameters]));
        do {
            $message = json_decode($this->read(), true);
        } while (($message['id'] ?? 0) !== $id);

        return $message['result'] ?? [];
    }

    private function write(string $text): void
    {
        $length = strlen($text);
        $head = $length < 126 ? chr(0x80 | $length) : ($length < 65536
            ? chr(0x80 | 126) . pack('n', $length)
            : chr(0x80 | 127) . pack('J', $length));
        $mask = random_bytes(4);
        fwrite($this->socket, chr(0x81) . $head . $mask . ($text ^ str_repeat($mask, intdiv($length, 4) + 1)));
    }

    private function read(): string
    {
        $text = '';
        do {
            $head = $this->bytes(2);
            $length = ord($head[1]) & 0x7F;
            $length = match ($length) {
                126 => unpack('n', $this->bytes(2))[1],
                127 => unpack('J', $this->bytes(8))[1],
                default => $length,
            };
            $text .= $this->bytes($length);
        } while ((ord($head[0]) & 0x80) === 0);

        return $text;
    }

    private function bytes(int $number): string
    {
        $bytes = $number === 0 ? '' : (string) stream_get_contents($this->socket, $number);
        if (strlen($bytes) !== $number) {
            throw new \RuntimeException('Chromium has hung up.');
        }

        return $bytes;
    }
}
