<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Rest;

use Byte8\SageAccounting\Api\Data\RecordedInterface;

/**
 * How many statuses were recorded.
 */
class Recorded implements RecordedInterface
{
    public function __construct(
        private readonly int $recorded
    ) {
    }

    public function getRecorded(): int
    {
        return $this->recorded;
    }
}
