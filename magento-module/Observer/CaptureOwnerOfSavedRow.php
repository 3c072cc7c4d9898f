<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Observer;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\SafeCapture;
use Magento\Framework\DataObject;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;

/**
 * Captures the customer or product that a saved row belongs to: an address, a product, a stock item.
 *
 * Uses the global scope, because such rows belong to no single store.
 */
abstract class CaptureOwnerOfSavedRow implements ObserverInterface
{
    private const GLOBAL_STORE_ID = 0;

    public function __construct(private readonly SafeCapture $capture)
    {
    }

    public function execute(Observer $observer): void
    {
        $this->capture->capture(fn (): array => $this->requests($observer->getData($this->dataKey())));
    }

    /**
     * The event to capture for a change of the row.
     */
    abstract protected function eventName(): EventName;

    /**
     * The key of the saved row in Magento's event.
     */
    abstract protected function dataKey(): string;

    /**
     * The column of the row that holds its owner's id.
     */
    abstract protected function ownerColumn(): string;

    /**
     * @return CaptureRequest[] none for a row without an owner, such as an address that is saved on its own
     */
    private function requests(DataObject $row): array
    {
        $ownerId = (int) $row->getData($this->ownerColumn());
        if ($ownerId === 0) {
            return [];
        }

        return [new CaptureRequest($this->eventName(), $ownerId, self::GLOBAL_STORE_ID)];
    }
}
