<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Relay;

use Byte8\SageAccounting\Model\Recovery\RelayRecovery;
use Byte8\SageAccounting\Model\Recovery\SequenceRecovery;

/**
 * Everything that is stored about one binding and does not apply to another.
 */
class BindingState
{
    public function __construct(
        private readonly RelayPosition $position,
        private readonly BindingStatusRepository $statuses,
        private readonly RelayRecovery $relayRecovery,
        private readonly SequenceRecovery $sequenceRecovery
    ) {
    }

    public function clear(): void
    {
        $this->position->forget();
        $this->statuses->forget();
        $this->relayRecovery->forget();
        $this->sequenceRecovery->forget();
    }
}
