<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\Status\CaptureFailure;

/**
 * Tests whether an event could be captured now. Changes nothing.
 */
class OutboxProbe
{
    /** No document has it. */
    private const NO_ENTITY = 0;

    public function __construct(
        private readonly OutboxStoreInterface $store,
        private readonly SalesTables $tables
    ) {
    }

    /**
     * The database's error message; null if the write would succeed.
     */
    public function writeError(): ?string
    {
        try {
            $this->tables->connection()->beginTransaction();
            try {
                $this->store->capture(new CaptureRequest(EventName::InvoiceCreated, self::NO_ENTITY, 0));
            } finally {
                $this->tables->connection()->rollBack();
            }
        } catch (\Exception $exception) {
            return CaptureFailure::messageOf($exception);
        }

        return null;
    }
}
