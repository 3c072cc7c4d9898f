<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Observer;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Byte8\SageAccounting\Model\Order\OrderCaptureRule;
use Byte8\SageAccounting\Model\Order\OrderItemRows;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\SafeCapture;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\Framework\Model\AbstractModel;

/**
 * Captures an order that is open, was invoiced in full or was canceled, inside Magento's transaction.
 *
 * Only where the merchant's settings ask for orders.
 */
class CaptureOrder implements ObserverInterface
{
    private const QUANTITIES = ['qty_ordered', 'qty_invoiced', 'qty_canceled'];

    public function __construct(
        private readonly SafeCapture $capture,
        private readonly OrderSetting $setting,
        private readonly OrderItemRows $items,
        private readonly OrderCaptureRule $rule
    ) {
    }

    public function execute(Observer $observer): void
    {
        $this->capture->capture(fn (): array => $this->requests($observer->getData('object')));
    }

    /**
     * @return CaptureRequest[]
     */
    private function requests(AbstractModel $order): array
    {
        if (!$this->setting->isEnabled()) {
            return [];
        }
        $orderId = (int) $order->getData('entity_id');
        // Magento has saved the items before, so the table holds the quantities as they are now.
        $items = $this->items->ofOrders([$orderId])[$orderId] ?? [];
        $isNew = $order->getOrigData('entity_id') === null;
        $events = $this->rule->eventsOf(
            $isNew,
            $isNew ? null : $this->rule->described(
                (string) $order->getOrigData('state'),
                $this->asLoaded($items, $order->getData('items'))
            ),
            $this->rule->described((string) $order->getData('state'), $items)
        );

        return array_map(static fn (EventName $name): CaptureRequest => new CaptureRequest(
            $name,
            $orderId,
            (int) $order->getData('store_id')
        ), $events);
    }

    /**
     * The rows with the quantities that Magento's models were loaded with. A row without a model was not changed.
     *
     * @param Row[] $items
     * @return Row[]
     */
    private function asLoaded(array $items, mixed $models): array
    {
        $loaded = [];
        foreach (is_iterable($models) ? $models : [] as $model) {
            if ($model instanceof AbstractModel && $model->getOrigData('item_id') !== null) {
                $quantities = array_intersect_key((array) $model->getOrigData(), array_flip(self::QUANTITIES));
                $loaded[(int) $model->getOrigData('item_id')] = $quantities;
            }
        }

        return array_map(
            static fn (Row $item): Row => $item->with($loaded[$item->integer('item_id')] ?? []),
            $items
        );
    }
}
