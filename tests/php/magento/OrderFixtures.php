<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

use Magento\Sales\Api\OrderManagementInterface;
use Magento\Sales\Api\OrderRepositoryInterface;
use Magento\Sales\Model\Order\Invoice;

/**
 * What becomes of orders inside an installed Magento: placed, invoiced, canceled, edited.
 */
class OrderFixtures
{
    public function __construct(private readonly Shop $shop)
    {
    }

    /**
     * @param string[] $arguments
     * @return ?array<string, mixed> null for something else
     */
    public function do(string $action, array $arguments): ?array
    {
        $id = (int) ($arguments[0] ?? 0);

        return match ($action) {
            'order' => $this->told((int) $this->shop->order($this->shop->product(), 3)->getId()),
            'order-of' => $this->told($id),
            'order-invoices' => $this->invoicesOf($id),
            'order-comment' => $this->comment($id),
            'order-cancel' => $this->cancel($id),
            'order-invoice' => $this->invoiced($this->shop->invoice($this->shop->reloadedOrder($id))),
            'order-invoice-open' => $this->invoiced($this->shop->invoice($this->shop->reloadedOrder($id), false)),
            'order-invoice-part' => $this->invoiced($this->shop->invoice($this->shop->reloadedOrder($id), true, 1)),
            'order-edit' => $this->told((int) $this->shop->edit($this->shop->reloadedOrder($id), 5)->getId()),
            'order-invoice-cancel' => $this->cancelInvoice($id),
            default => null,
        };
    }

    /**
     * @return array{id: int, number: string, total: string, state: string, canEdit: bool}
     */
    private function told(int $orderId): array
    {
        $order = $this->shop->reloadedOrder($orderId);

        return [
            'id' => $orderId,
            'number' => (string) $order->getIncrementId(),
            'total' => (string) $order->getGrandTotal(),
            'state' => (string) $order->getState(),
            'canEdit' => $order->canEdit(),
        ];
    }

    /**
     * @return array<int, array{id: int, number: string, total: string}>
     */
    private function invoicesOf(int $orderId): array
    {
        $invoices = $this->shop->reloadedOrder($orderId)->getInvoiceCollection()->getItems();

        return array_values(array_map($this->invoiced(...), $invoices));
    }

    /**
     * @return array{id: int, number: string, total: string}
     */
    private function invoiced(Invoice $invoice): array
    {
        $fresh = $this->shop->reloadedInvoice((int) $invoice->getId());

        return [
            'id' => (int) $fresh->getId(),
            'number' => (string) $fresh->getIncrementId(),
            'total' => (string) $fresh->getGrandTotal(),
        ];
    }

    /**
     * @return array<string, mixed>
     */
    private function comment(int $orderId): array
    {
        $order = $this->shop->reloadedOrder($orderId);
        $order->addCommentToStatusHistory('Called, will pay on Monday');
        // Without a change of its own Magento does not save the order, and no event of a save comes.
        $order->setCustomerNote('Called ' . microtime());
        $this->shop->get(OrderRepositoryInterface::class)->save($order);

        return $this->told($orderId);
    }

    /**
     * @return array<string, mixed>
     */
    private function cancel(int $orderId): array
    {
        $this->shop->get(OrderManagementInterface::class)->cancel($orderId);

        return $this->told($orderId);
    }

    /**
     * @return array<string, mixed> the order
     */
    private function cancelInvoice(int $invoiceId): array
    {
        $this->shop->cancelInvoice($invoiceId);

        return $this->told((int) $this->shop->reloadedInvoice($invoiceId)->getOrderId());
    }
}
