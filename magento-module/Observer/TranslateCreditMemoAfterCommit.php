<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Observer;

/**
 * Translates a credit memo right after its transaction.
 */
class TranslateCreditMemoAfterCommit extends TranslateAfterCommit
{
    protected function entityType(): string
    {
        return 'creditmemo';
    }
}
