<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Reason\Reason;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;

/**
 * A line of the block on a document's page: one part of the document, or one document of an order.
 */
class SyncInfoLine
{
    /**
     * @param ?string $url the document's own page; null for a part of the document that the page is about
     * @param string $chips HTML
     * @param ?SyncStateRow $row null while nothing is known
     * @param string $total the total in Magento and in Sage, as the page shows it; '' for none
     * @param ?Reason $reason null if there is nothing to say
     */
    public function __construct(
        public readonly string $entityType,
        public readonly int $entityId,
        public readonly string $name,
        public readonly ?string $url,
        public readonly string $chips,
        public readonly ?SyncStateRow $row,
        public readonly string $total,
        public readonly ?Reason $reason
    ) {
    }

    public function needsAttention(): bool
    {
        return $this->row?->status->needsAttention() ?? false;
    }
}
