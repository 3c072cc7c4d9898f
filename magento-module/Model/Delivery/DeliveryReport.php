<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Delivery;

use Byte8\SageAccounting\Model\Relay\RelayException;

/**
 * The result of a delivery run.
 */
class DeliveryReport
{
    /**
     * @param int $delivered rows that the relay has stored
     * @param int $postponed rows that will be retried
     * @param int $dead rows that only a person can requeue
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
