<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SentContent;

use Byte8\SageAccounting\Model\DryRun\Explanation;

/**
 * What one event brought to the ledger.
 */
class SentContent
{
    /**
     * @param string $event such as `invoice.created`
     * @param bool $isAsSent false if the settings or the core have changed since, so that it would differ today
     */
    public function __construct(
        public readonly string $event,
        public readonly Explanation $explanation,
        public readonly bool $isAsSent
    ) {
    }
}
