<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Bridge;

/**
 * Calls the core in the local service sage-translate, for hosts that cannot install the PHP extension.
 *
 * Uses plain streams, so it needs no extension and starts no process. The connection never outlives the PHP request,
 * so that a response cannot reach another request.
 */
class SocketTranslator implements TranslatorInterface, ExplainerInterface
{
    public const DEFAULT_PATH = '/run/sage-translate/translate.sock';

    private const PROTOCOL = 1;
    private const CONNECT_SECONDS = 2.0;

    /** @var resource|null */
    private mixed $stream = null;

    /**
     * @param string $path the service's socket
     * @param int $timeoutSeconds how long the service may take for one response
     */
    public function __construct(
        private readonly string $path = self::DEFAULT_PATH,
        private readonly int $timeoutSeconds = 60
    ) {
    }

    public function translate(string $event, string $settings): Decision
    {
        $response = $this->call('translate', [$event, $settings]);

        return new Decision(
            $response->kind,
            $response->code,
            $response->pointer,
            $response->message,
            $response->suggestion,
            $response->document
        );
    }

    public function describe(): array
    {
        $description = json_decode($this->call('describe', [])->document, true);
        if (!is_array($description)) {
            throw $this->protocolError('its description cannot be read');
        }

        return array_filter($description, is_string(...));
    }

    public function explain(string $event, string $settings): string
    {
        return $this->call('explain', [$event, $settings])->document;
    }

    public function explainSections(string $event, string $settings): string
    {
        return $this->call('explain_sections', [$event, $settings])->document;
    }

    public function validateSettings(string $settings, ?string $tier = null): string
    {
        return $this->call('validate_settings', [$settings, $tier ?? ''])->document;
    }

    public function explainReply(string $reply, string $plan, ?string $step = null): string
    {
        return $this->call('explain_reply', [$reply, $plan, $step ?? ''])->document;
    }

    /**
     * One request, one response. A request may be repeated, because the core has no side effects: the service closes
     * connections after a minute without use, and all of them when it restarts.
     *
     * @param string[] $texts
     * @throws BridgeException
     */
    private function call(string $method, array $texts): SocketResponse
    {
        $header = json_encode(
            ['protocol' => self::PROTOCOL, 'call' => $method, 'bytes' => array_map(strlen(...), $texts)],
            JSON_THROW_ON_ERROR
        );
        $request = $header . "\n" . implode('', $texts);
        $wasOpen = $this->stream !== null;
        $response = $this->exchange($request);
        if ($response === null && $wasOpen) {
            $response = $this->exchange($request);
        }
        if ($response === null) {
            throw $this->protocolError('it closed the connection without an answer');
        }
        if ($response->kind === SocketResponse::ERROR) {
            throw new BridgeException($response->code, $response->message, $response->pointer, $response->suggestion);
        }

        return $response;
    }

    /**
     * Sends a request and reads the response; null if the service closed the connection before.
     *
     * @throws BridgeException
     */
    private function exchange(string $request): ?SocketResponse
    {
        // A stream that was left in the middle of a response must not be used again.
        $stream = $this->stream ?? $this->connect();
        $this->stream = null;
        // Streams report failures as warnings, and Magento turns warnings into exceptions.
        set_error_handler(static fn (): bool => true);
        try {
            // A service that refuses does not read to the end, so a response is read in any case.
            $this->send($stream, $request);
            $line = fgets($stream);
            if ($line === false) {
                $this->throwOnTimeout($stream);

                return null;
            }
            $response = SocketResponse::parse($line) ?? throw $this->protocolError('its answer cannot be read');
            $document = $response->length === 0 ? '' : (string) stream_get_contents($stream, $response->length);
            if (strlen($document) !== $response->length) {
                $this->throwOnTimeout($stream);

                return null;
            }
        } finally {
            restore_error_handler();
        }
        $this->stream = $response->kind === SocketResponse::ERROR ? null : $stream;

        return $response->withDocument($document);
    }

    /**
     * @param resource $stream
     */
    private function send(mixed $stream, string $request): void
    {
        $length = strlen($request);
        for ($sent = 0; $sent < $length; $sent += $count) {
            $count = fwrite($stream, $sent === 0 ? $request : substr($request, $sent));
            if ($count === false || $count === 0) {
                return;
            }
        }
    }

    /**
     * @return resource
     * @throws BridgeException
     */
    private function connect(): mixed
    {
        $number = 0;
        $reason = '';
        set_error_handler(static fn (): bool => true);
        try {
            $stream = stream_socket_client('unix://' . $this->path, $number, $reason, self::CONNECT_SECONDS);
        } finally {
            restore_error_handler();
        }
        if ($stream === false) {
            throw new BridgeException(
                BridgeException::SOCKET_UNREACHABLE,
                sprintf('the service sage-translate cannot be reached at %s: %s', $this->path, $reason),
                '',
                sprintf(
                    'start sage-translate on this machine (systemctl enable --now sage-translate.socket) and let the'
                    . ' user of PHP (%s) use the socket',
                    $this->user()
                )
            );
        }
        stream_set_timeout($stream, $this->timeoutSeconds);

        return $stream;
    }

    /**
     * @param resource $stream
     * @throws BridgeException
     */
    private function throwOnTimeout(mixed $stream): void
    {
        if (stream_get_meta_data($stream)['timed_out']) {
            throw $this->protocolError(sprintf('it did not answer within %d seconds', $this->timeoutSeconds));
        }
    }

    private function protocolError(string $detail): BridgeException
    {
        return new BridgeException(
            BridgeException::SOCKET_BROKEN,
            sprintf('the service sage-translate at %s does not answer as it should: %s', $this->path, $detail),
            '',
            'look at the journal of sage-translate; the module and the service must be of the same release'
        );
    }

    private function user(): string
    {
        return function_exists('posix_geteuid') ? 'number ' . posix_geteuid() : get_current_user();
    }
}
