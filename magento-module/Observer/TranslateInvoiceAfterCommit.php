<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Observer;

/**
 * Translates an invoice right after its transaction.
 */
class TranslateInvoiceAfterCommit extends TranslateAfterCommit
{
    protected function entityType(): string
    {
        return 'invoice';
    }
}
