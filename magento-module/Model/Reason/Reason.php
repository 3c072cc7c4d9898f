<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Reason;

/**
 * A reason as a page shows it.
 */
class Reason
{
    /**
     * @param string $title in a few words
     * @param string $help what to do; '' if nobody knows
     * @param string $details the words of the core, the relay or Sage, with names and numbers; '' if the title has them
     * @param ?ReasonHelp $kind null for a reason that this release does not know
     */
    public function __construct(
        public readonly string $code,
        public readonly string $title,
        public readonly string $help,
        public readonly string $details,
        public readonly ?ReasonHelp $kind
    ) {
    }

    public function isSentAgain(): bool
    {
        return $this->kind === null || $this->kind->isSentAgain();
    }
}
