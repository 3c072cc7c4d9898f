<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical;

use Byte8\SageAccounting\Model\Canonical\Block\AddressBlock;
use Byte8\SageAccounting\Model\Canonical\Block\CustomerBlock;
use Byte8\SageAccounting\Model\Canonical\Block\DocumentBlock;
use Byte8\SageAccounting\Model\Canonical\Block\EnvelopeBlock;
use Byte8\SageAccounting\Model\Canonical\Block\OrderBlock;
use Byte8\SageAccounting\Model\Canonical\Block\OrderCreditMemosBlock;
use Byte8\SageAccounting\Model\Canonical\Block\OrderInvoicesBlock;
use Byte8\SageAccounting\Model\Canonical\Block\OrderTaxBlock;
use Byte8\SageAccounting\Model\Canonical\Block\PaymentBlock;
use Byte8\SageAccounting\Model\Canonical\Block\ProductBlock;
use Byte8\SageAccounting\Model\Canonical\Source\EventSourceInterface;
use Byte8\SageAccounting\Model\Canonical\Source\SalesDocumentRows;

/**
 * Builds the canonical event: Magento's data under Magento's names, as one JSON text.
 *
 * The order of the blocks is part of the contract. Derives nothing that the core can derive, and contains no word of
 * the ledger's vocabulary.
 */
class EventBuilder
{
    /** The document that was built last: its events differ in the envelope only, and usually follow each other. */
    private ?SalesDocumentRows $lastRows = null;

    private string $lastBody = '';

    public function __construct(
        private readonly EnvelopeBlock $envelope,
        private readonly DocumentBlock $document,
        private readonly OrderBlock $order,
        private readonly OrderInvoicesBlock $orderInvoices,
        private readonly OrderCreditMemosBlock $orderCreditMemos,
        private readonly AddressBlock $address,
        private readonly PaymentBlock $payment,
        private readonly OrderTaxBlock $orderTax,
        private readonly CustomerBlock $customer,
        private readonly ProductBlock $product,
        private readonly CanonicalJson $json
    ) {
    }

    /**
     * @throws CanonicalDataException naming the field that is missing or damaged
     */
    public function build(CapturedEvent $event, EventSourceInterface $source): string
    {
        return match ($event->name) {
            EventName::CustomerUpserted => $this->json->encode($this->customer($event, $source)),
            EventName::ProductUpserted => $this->json->encode($this->product($event, $source)),
            default => $this->salesDocument($event, $source),
        };
    }

    private function salesDocument(CapturedEvent $event, EventSourceInterface $source): string
    {
        $rows = $source->salesDocument($event);
        $envelope = $this->json->encode($this->documentEnvelope($event, $rows));
        if ($rows !== $this->lastRows) {
            $this->lastBody = $this->json->encode(match ($event->name->entityType()) {
                'order' => $this->order($rows),
                default => $this->invoiceOrCreditMemo($event->name->entityType(), $rows),
            });
            $this->lastRows = $rows;
        }

        return substr($envelope, 0, -1) . ',' . substr($this->lastBody, 1);
    }

    /**
     * @return array<string, mixed>
     */
    private function invoiceOrCreditMemo(string $entityType, SalesDocumentRows $rows): array
    {
        $isCreditMemo = $entityType === 'creditmemo';
        $block = $isCreditMemo
            ? $this->document->buildCreditMemo($rows->document, $rows->documentItems, $rows->orderItems)
            : $this->document->buildInvoice($rows->document, $rows->documentItems, $rows->orderItems);
        $invoices = $this->orderInvoices->build($rows->orderInvoices, $rows->orderItems, $rows->storeTimeZone);
        $orderInvoices = $isCreditMemo || $invoices !== [] ? ['order_invoices' => $invoices] : [];
        $creditMemos = $this->orderCreditMemos->build($rows->orderCreditMemos);
        $orderCreditMemos = $creditMemos === [] ? [] : ['order_creditmemos' => $creditMemos];

        return [
            $entityType => $block,
            'order' => $this->order->build($rows->order),
        ] + $orderInvoices + $orderCreditMemos + $this->partsOfOrder($rows);
    }

    /**
     * @return array<string, mixed>
     */
    private function order(SalesDocumentRows $rows): array
    {
        $invoices = $this->orderInvoices->build($rows->orderInvoices, $rows->orderItems, $rows->storeTimeZone);

        return [
            // Columns that both blocks have keep their place in the first one.
            'order' => $this->order->build($rows->order)
                + $this->document->buildOrder($rows->order, $rows->orderItems),
        ] + ($invoices === [] ? [] : ['order_invoices' => $invoices]) + $this->partsOfOrder($rows);
    }

    /**
     * @return array<string, mixed>
     */
    private function documentEnvelope(CapturedEvent $event, SalesDocumentRows $rows): array
    {
        return $this->envelope->build(
            $event,
            $rows->document,
            $rows->store->integer('website_id'),
            $rows->document->integer('store_id'),
            $rows->storeTimeZone
        );
    }

    /**
     * @return array<string, mixed>
     */
    private function partsOfOrder(SalesDocumentRows $rows): array
    {
        return [
            'billing_address' => $this->address->buildBilling($rows->orderAddresses, $rows->location),
            'shipping_address' => $this->address->buildShipping($rows->orderAddresses),
            'payment' => $this->payment->build($rows->orderPayment),
            'order_tax' => $this->orderTax->buildTaxes($rows->orderTaxes),
            'order_tax_items' => $this->orderTax->buildTaxItems($rows->orderTaxItems),
        ];
    }

    /**
     * @return array<string, mixed>
     */
    private function customer(CapturedEvent $event, EventSourceInterface $source): array
    {
        $rows = $source->customer($event);

        return $this->envelope->build(
            $event,
            $rows->customer,
            $rows->customer->integer('website_id'),
            $rows->customer->nullableInteger('store_id') ?? 0,
            $rows->storeTimeZone
        ) + [
            'customer' => $this->customer->build($rows->customer),
            'customer_addresses' => $this->customer->buildAddresses($rows->addresses),
        ];
    }

    /**
     * A product belongs to several websites, so the event carries the global scope: website 0, store 0.
     *
     * @return array<string, mixed>
     */
    private function product(CapturedEvent $event, EventSourceInterface $source): array
    {
        $rows = $source->product($event);

        return $this->envelope->build($event, $rows->product, 0, 0, $rows->storeTimeZone)
            + ['product' => $this->product->build($rows)];
    }
}
