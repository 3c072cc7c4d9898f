<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

/**
 * Something that blocks events, with a message and a suggestion for people.
 */
class Problem
{
    /**
     * @param string $since UTC in ISO 8601, '' if unknown
     * @param bool $isPassing whether it usually ends before a person could act
     */
    public function __construct(
        public readonly string $area,
        public readonly string $code,
        public readonly string $message,
        public readonly string $suggestion,
        public readonly string $since,
        public readonly bool $isPassing = false
    ) {
    }
}
