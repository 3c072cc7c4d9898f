<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

/**
 * The self-test's result for one part.
 */
class SelfTestResult
{
    public const GOOD = 'good';
    /** Nothing is broken; for information. */
    public const NOTE = 'note';
    public const BAD = 'bad';

    /**
     * @param string $grade one of the constants above
     */
    public function __construct(
        public readonly string $part,
        public readonly string $grade,
        public readonly string $message,
        public readonly string $suggestion = ''
    ) {
    }
}
