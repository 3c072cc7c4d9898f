<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Bridge;

/**
 * A response of the service sage-translate: a header line, then a document of the length that the header names.
 */
class SocketResponse
{
    public const ERROR = 'error';

    private const TEXTS = ['answer', 'code', 'pointer', 'message', 'suggestion'];

    /**
     * @param string $kind post, skip, reject, text or error
     * @param int $length bytes of the document
     */
    private function __construct(
        public readonly string $kind,
        public readonly string $code,
        public readonly string $pointer,
        public readonly string $message,
        public readonly string $suggestion,
        public readonly int $length,
        public readonly string $document = ''
    ) {
    }

    /**
     * The response for a header line, without its document; null if the line is not a header.
     */
    public static function parse(string $line): ?self
    {
        $header = json_decode($line, true);
        if (!is_array($header)) {
            return null;
        }
        $texts = [];
        foreach (self::TEXTS as $name) {
            $texts[] = $header[$name] ?? null;
        }
        $length = $header['bytes'] ?? null;
        if (array_filter($texts, is_string(...)) !== $texts || !is_int($length) || $length < 0) {
            return null;
        }

        return new self($texts[0], $texts[1], $texts[2], $texts[3], $texts[4], $length);
    }

    public function withDocument(string $document): self
    {
        return new self(
            $this->kind,
            $this->code,
            $this->pointer,
            $this->message,
            $this->suggestion,
            $this->length,
            $document
        );
    }
}
