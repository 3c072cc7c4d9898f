<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Bridge;

/**
 * The core could not be called: the problem is this host, not the document.
 */
class BridgeException extends \RuntimeException
{
    public const EXTENSION_MISSING = 'extension_missing';
    public const EXTENSION_INCOMPLETE = 'extension_incomplete';
    public const SOCKET_UNREACHABLE = 'socket_unreachable';
    public const SOCKET_BROKEN = 'socket_broken';
    public const VERSION_MISMATCH = 'component_version_mismatch';
    public const TRANSLATOR_MISSING = 'translator_missing';

    private const CODES_OF_ONE_DOCUMENT = [
        'input_too_large',
        'fuel_exhausted',
        'memory_exhausted',
        'component_trapped',
        'panic',
    ];

    /**
     * @param string $errorCode one of the constants above, or a code of the host such as `component_missing`
     * @param string $suggestion what the operator can do
     */
    public function __construct(
        public readonly string $errorCode,
        string $message,
        public readonly string $pointer,
        public readonly string $suggestion,
        ?\Throwable $previous = null
    ) {
        parent::__construct($message, 0, $previous);
    }

    /**
     * Whether only this document exceeds the host's limits, so that others can be translated.
     */
    public function concernsOneDocument(): bool
    {
        return in_array($this->errorCode, self::CODES_OF_ONE_DOCUMENT, true);
    }

    /**
     * Code, message and suggestion in one line, for logs and command lines.
     */
    public function summary(): string
    {
        $summary = $this->errorCode . ': ' . $this->getMessage();

        return $this->suggestion === '' ? $summary : $summary . ' (' . $this->suggestion . ')';
    }
}
