<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

/**
 * How a person keeps an entity back from the ledger.
 */
enum HoldMode: string
{
    /** For now: it counts as open work. */
    case Hold = 'hold';
    /** For good: it counts as done. */
    case Never = 'never';

    /**
     * The mode on screens, to be translated.
     */
    public function label(): string
    {
        return match ($this) {
            self::Hold => 'On hold',
            self::Never => 'Never send',
        };
    }
}
