<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Status;

/**
 * What needs attention now (alarms), and what is for information (notices).
 */
class Health
{
    /**
     * @param Problem[] $alarms
     * @param Problem[] $notices
     * @param int $needsPerson documents that need attention
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
