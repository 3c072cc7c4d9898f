<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Backfill;

/**
 * Selects the entities of a backfill.
 */
class BackfillFilter
{
    /**
     * @param int[] $ids none for all
     * @param ?string $from first day, or instant, of creation; UTC, as in the database
     * @param ?string $to end of the time of creation, itself not included; UTC, as in the database
     * @param int|string|null $state state of an invoice or credit memo, or of an order
     */
    public function __construct(
        public readonly array $ids = [],
        public readonly ?string $from = null,
        public readonly ?string $to = null,
        public readonly int|string|null $state = null
    ) {
    }

    /**
     * Identifies the filter, so that a run with another filter does not continue an interrupted one.
     */
    public function digest(): string
    {
        return hash('sha256', (string) json_encode(get_object_vars($this)));
    }
}
