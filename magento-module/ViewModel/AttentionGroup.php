<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Reason\Reason;
use Byte8\SageAccounting\Model\Records\RecordLine;

/**
 * Records that need attention for the same reason.
 */
class AttentionGroup
{
    /**
     * @param string $status as screens show it
     * @param RecordLine[] $lines newest first
     */
    public function __construct(
        public readonly string $status,
        public readonly Reason $reason,
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
