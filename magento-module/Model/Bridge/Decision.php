<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Bridge;

/**
 * The core's decision on one event: post, skip or reject.
 *
 * Deliberately does not parse the document: the rest of it is for the relay.
 */
class Decision
{
    public const POST = 'post';
    public const SKIP = 'skip';
    public const REJECT = 'reject';

    /**
     * @param string $outcome one of the constants above
     * @param string $code '' for post, the reason for skip, the code for reject
     * @param string $pointer JSON pointer into the event, for reject only
     * @param string $json the decision document, one line, byte for byte as the core wrote it
     */
    public function __construct(
        public readonly string $outcome,
        public readonly string $code,
        public readonly string $pointer,
        public readonly string $message,
        public readonly string $suggestion,
        public readonly string $json
    ) {
    }
}
