<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

/**
 * The result of a translation run, and the problem that stopped it.
 */
class TranslationReport
{
    /**
     * @param string $problemCode '' for none
     */
    public function __construct(
        public readonly int $translated,
        public readonly string $problemCode = '',
        public readonly string $problemMessage = '',
        public readonly string $suggestion = ''
    ) {
    }
}
