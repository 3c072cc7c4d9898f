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
 * Captures a credit memo that was created or canceled, inside Magento's transaction. Other changes are not captured.
 */
class CaptureCreditMemo implements ObserverInterface
{
    private const STATE_CANCELED = 3;

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
        $isNew = $creditMemo->getOrigData('entity_id') === null;
        $wasCanceled = (int) $creditMemo->getOrigData('state') === self::STATE_CANCELED;
        $isCanceled = (int) $creditMemo->getData('state') === self::STATE_CANCELED;
        if (!$isNew && ($wasCanceled || !$isCanceled)) {
            return [];
        }

        return [new CaptureRequest(
            $isNew ? EventName::CreditMemoCreated : EventName::CreditMemoCanceled,
            (int) $creditMemo->getData('entity_id'),
            (int) $creditMemo->getData('store_id')
        )];
    }
}
