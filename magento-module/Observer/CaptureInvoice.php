<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Observer;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\InvoiceCaptureRule;
use Byte8\SageAccounting\Model\Outbox\SafeCapture;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\Framework\Model\AbstractModel;

/**
 * Captures an invoice that was created, paid or canceled, inside Magento's transaction.
 */
class CaptureInvoice implements ObserverInterface
{
    public function __construct(
        private readonly SafeCapture $capture,
        private readonly InvoiceCaptureRule $rule
    ) {
    }

    public function execute(Observer $observer): void
    {
        $this->capture->capture(fn (): array => $this->requests($observer->getData('object')));
    }

    /**
     * @return CaptureRequest[]
     */
    private function requests(AbstractModel $invoice): array
    {
        $loadedId = $invoice->getOrigData('entity_id');
        $loadedState = $invoice->getOrigData('state');
        $events = $this->rule->eventsOf(
            $loadedId === null ? null : (int) $loadedId,
            $loadedState === null ? null : (int) $loadedState,
            (int) $invoice->getData('state')
        );

        return array_map(static fn (EventName $name): CaptureRequest => new CaptureRequest(
            $name,
            (int) $invoice->getData('entity_id'),
            (int) $invoice->getData('store_id')
        ), $events);
    }
}
