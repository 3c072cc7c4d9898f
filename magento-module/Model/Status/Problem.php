<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

/**
 * Something that keeps events from flowing, in words for people.
 */
class Problem
{
    /**
     * @param string $since UTC in ISO 8601, '' where nobody knows
     * @param bool $isPassing whether it may well be over before a person could do anything
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
