<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Observer;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\SafeCapture;
use Magento\Customer\Api\Data\CustomerInterface;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;

/**
 * Captures a saved customer. A digest shows later whether anything changed for the ledger.
 */
class CaptureCustomer implements ObserverInterface
{
    public function __construct(private readonly SafeCapture $capture)
    {
    }

    public function execute(Observer $observer): void
    {
        $this->capture->capture(fn (): array => $this->requests($observer->getData('customer_data_object')));
    }

    /**
     * @return CaptureRequest[]
     */
    private function requests(CustomerInterface $customer): array
    {
        return [new CaptureRequest(
            EventName::CustomerUpserted,
            (int) $customer->getId(),
            (int) $customer->getStoreId()
        )];
    }
}
