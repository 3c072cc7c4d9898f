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

    /**
     * Both runs together; a problem of the later one counts.
     */
    public function plus(self $later): self
    {
        return new self(
            $this->translated + $later->translated,
            $later->problemCode === '' ? $this->problemCode : $later->problemCode,
            $later->problemCode === '' ? $this->problemMessage : $later->problemMessage,
            $later->problemCode === '' ? $this->suggestion : $later->suggestion
        );
    }
}
