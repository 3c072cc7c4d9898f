<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Observer;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\SafeCapture;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\Framework\Model\AbstractModel;

/**
 * Captures a new credit memo, inside Magento's transaction. Later changes to it are not captured.
 */
class CaptureCreditMemo implements ObserverInterface
{
    public function __construct(private readonly SafeCapture $capture)
    {
    }

    public function execute(Observer $observer): void
    {
        $this->capture->capture(fn (): array => $this->requests($observer->getData('object')));
    }

    /**
     * @return CaptureRequest[]
     */
    private function requests(AbstractModel $creditMemo): array
    {
        if ($creditMemo->getOrigData('entity_id') !== null) {
            return [];
        }

        return [new CaptureRequest(
            EventName::CreditMemoCreated,
            (int) $creditMemo->getData('entity_id'),
            (int) $creditMemo->getData('store_id')
        )];
    }
}
