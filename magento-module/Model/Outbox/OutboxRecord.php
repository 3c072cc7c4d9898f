<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

/**
 * An outbox row with its times.
 */
class OutboxRecord
{
    /**
     * @param string $createdAt UTC, as in the database
     * @param string $updatedAt UTC, as in the database
     */
    public function __construct(
        public readonly OutboxEntry $entry,
        public readonly string $createdAt,
        public readonly string $updatedAt
    ) {
    }

    public function id(): int
    {
        return $this->entry->event->sequence;
    }

    /**
     * The reason that stopped the row, in one line; '' for none.
     */
    public function lastError(): string
    {
        $words = array_filter([$this->entry->reasonCode, $this->entry->reasonMessage], 'strlen');

        return implode(': ', $words);
    }
}
