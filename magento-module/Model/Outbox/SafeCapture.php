<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Status\CaptureFailure;
use Magento\Framework\DB\Adapter\DeadlockException;
use Psr\Log\LoggerInterface;

/**
 * Captures events in the outbox without ever breaking the merchant's save.
 *
 * Only a deadlock is thrown again: the database has already rolled back the whole transaction, and swallowing the
 * exception would let the save continue without its earlier writes.
 */
class SafeCapture
{
    public function __construct(
        private readonly OutboxStoreInterface $store,
        private readonly CaptureFailure $failure,
        private readonly LoggerInterface $logger
    ) {
    }

    /**
     * @param \Closure(): CaptureRequest[] $findRequests reads the observed object; may fail like everything here
     * @throws DeadlockException
     */
    public function capture(\Closure $findRequests): void
    {
        try {
            $this->store->capture(...$findRequests());
        } catch (DeadlockException $exception) {
            throw $exception;
        } catch (\Throwable $exception) {
            $this->logger->critical(
                'Byte8_SageAccounting could not queue an event for Sage: ' . $exception->getMessage(),
                ['exception' => $exception]
            );
            $this->reportToAdmin($exception);
        }
    }

    private function reportToAdmin(\Throwable $exception): void
    {
        try {
            $this->failure->record($exception);
        } catch (\Throwable $second) {
            $this->logger->critical(
                'Byte8_SageAccounting could not report this in the admin: ' . $second->getMessage(),
                ['exception' => $second]
            );
        }
    }
}
