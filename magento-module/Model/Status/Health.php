<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

/**
 * What needs a person now, and what a person may want to know.
 */
class Health
{
    /**
     * @param Problem[] $alarms
     * @param Problem[] $notices
     * @param int $needsPerson documents that a person has to look at
     * @param ?string $oldestUnanswered since when the oldest delivered document has no answer, UTC as in the database
     * @param ?string $nextAttempt when a failed delivery is tried again next, UTC as in the database
     */
    public function __construct(
        public readonly array $alarms,
        public readonly array $notices,
        public readonly int $needsPerson = 0,
        public readonly ?string $oldestUnanswered = null,
        public readonly ?string $nextAttempt = null
    ) {
    }
}
