<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

/**
 * What a translation run did, and what keeps the rest waiting.
 */
class TranslationReport
{
    /**
     * @param string $problemCode '' when nothing is in the way
     */
    public function __construct(
        public readonly int $translated,
        public readonly string $problemCode = '',
        public readonly string $problemMessage = '',
        public readonly string $suggestion = ''
    ) {
    }
}
