<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Records;

use Byte8\SageAccounting\Model\SyncState\SyncStateRow;

/**
 * A record and its newest status, as a list in the admin shows it.
 */
class RecordLine
{
    /**
     * @param string $number the document's number in Magento, the customer's e-mail or the product's SKU; '' if deleted
     * @param string $currency '' where the record has none
     * @param string $updatedAt UTC, as in the database
     */
    public function __construct(
        public readonly SyncStateRow $row,
        public readonly string $number,
        public readonly string $currency,
        public readonly string $updatedAt
    ) {
    }
}
