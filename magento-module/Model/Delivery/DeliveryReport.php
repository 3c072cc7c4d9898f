<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Delivery;

use Byte8\SageAccounting\Model\Relay\RelayException;

/**
 * What a delivery run did.
 */
class DeliveryReport
{
    /**
     * @param int $delivered rows the relay has durably now
     * @param int $postponed rows that will be tried again
     * @param int $dead rows that only a person brings back
     * @param ?RelayException $stoppedBy why the run ended early
     */
    public function __construct(
        public readonly int $delivered = 0,
        public readonly int $postponed = 0,
        public readonly int $dead = 0,
        public readonly ?RelayException $stoppedBy = null
    ) {
    }

    public function plus(self $other): self
    {
        return new self(
            $this->delivered + $other->delivered,
            $this->postponed + $other->postponed,
            $this->dead + $other->dead,
            $this->stoppedBy ?? $other->stoppedBy
        );
    }
}
