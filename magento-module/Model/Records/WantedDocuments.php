<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Records;

use Byte8\SageAccounting\Model\Relay\Wishes;

/**
 * The documents that somebody at the relay wants this shop to decide on again, with its present settings.
 */
class WantedDocuments
{
    public function __construct(private readonly Wishes $wishes, private readonly RecordActions $actions)
    {
    }

    public function queue(): void
    {
        $ids = [];
        foreach ($this->wishes->takeDocuments() as [$type, $id]) {
            $ids[$type][] = $id;
        }
        foreach ($ids as $type => $ofType) {
            $this->actions->resync($type, $ofType);
        }
    }
}
