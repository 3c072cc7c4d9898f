<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Recovery;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Outbox\OutboxRecovery;
use Byte8\SageAccounting\Model\Value\ValueStoreInterface;

/**
 * Notices that this shop was restored from a backup, and lets its events be newer than those the relay has seen.
 */
class OwnSequence
{
    public const RESTORED_AT = 'shop.restored_at';

    public function __construct(
        private readonly OutboxRecovery $outbox,
        private readonly ValueStoreInterface $values,
        private readonly Clock $clock
    ) {
    }

    /**
     * @param array<string, mixed> $standing answer of GET /v1/binding
     */
    public function agree(array $standing): void
    {
        $known = $standing['sequence'] ?? '0';
        if (!is_string($known) || preg_match('/^[0-9]{1,18}$/D', $known) !== 1) {
            return;
        }
        if ((int) $known > $this->outbox->highestId()) {
            $this->outbox->continueAbove((int) $known);
            $this->values->set(self::RESTORED_AT, $this->clock->now()->format(\DATE_ATOM));
        }
    }
}
