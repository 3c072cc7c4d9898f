<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Backfill;

/**
 * What became of one batch of entities.
 */
class BackfillBatch
{
    /**
     * @param int $entities number that was checked
     * @param int $queued number of events that were queued
     * @param int $lastId where the next batch begins
     */
    public function __construct(
        public readonly int $entities,
        public readonly int $queued,
        public readonly int $lastId
    ) {
    }
}
