<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Records\RecordLine;

/**
 * Records that need attention for the same reason.
 */
class AttentionGroup
{
    /**
     * @param RecordLine[] $lines newest first
     */
    public function __construct(
        public readonly string $reasonCode,
        public readonly string $title,
        public readonly string $message,
        public readonly string $suggestion,
        public readonly array $lines
    ) {
    }

    /**
     * The ids by kind, as the form of a button posts them.
     *
     * @return array<string, int[]>
     */
    public function ids(): array
    {
        $ids = [];
        foreach ($this->lines as $line) {
            $ids[$line->row->entityType][$line->row->magentoId] = $line->row->magentoId;
        }

        return array_map('array_values', $ids);
    }
}
