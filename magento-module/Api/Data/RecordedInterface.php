<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Api\Data;

/**
 * How many statuses were recorded.
 *
 * @api
 */
interface RecordedInterface
{
    /**
     * Number of statuses.
     *
     * @return int
     */
    public function getRecorded(): int;
}
