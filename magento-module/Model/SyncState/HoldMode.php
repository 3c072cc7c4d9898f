<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

/**
 * How a person excludes an entity from sending.
 */
enum HoldMode: string
{
    /** For now; the entity counts as unfinished. */
    case Hold = 'hold';
    /** For good; the entity counts as finished. */
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
