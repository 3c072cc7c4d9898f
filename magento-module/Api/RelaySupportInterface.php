<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Api;

/**
 * What the relay may request from this shop. Every request carries a token that the relay signed.
 *
 * @api
 */
interface RelaySupportInterface
{
    /**
     * Versions and digests.
     *
     * @return \Byte8\SageAccounting\Api\Data\PingInterface
     */
    public function ping(): \Byte8\SageAccounting\Api\Data\PingInterface;

    /**
     * The payment methods, for the relay's payment-method map.
     *
     * @return \Byte8\SageAccounting\Api\Data\PaymentMethodInterface[]
     */
    public function paymentMethods(): array;

    /**
     * The canonical event of an invoice's creation, as JSON text.
     *
     * @param int $id
     * @return string
     * @throws \Magento\Framework\Exception\NoSuchEntityException
     */
    public function invoice(int $id): string;

    /**
     * The canonical event of an invoice's payment, as JSON text.
     *
     * @param int $id id of the invoice
     * @return string
     * @throws \Magento\Framework\Exception\NoSuchEntityException
     */
    public function payment(int $id): string;

    /**
     * The canonical event of a credit memo, as JSON text.
     *
     * @param int $id
     * @return string
     * @throws \Magento\Framework\Exception\NoSuchEntityException
     */
    public function creditMemo(int $id): string;

    /**
     * The canonical event of an order's placing, as JSON text.
     *
     * @param int $id
     * @return string
     * @throws \Magento\Framework\Exception\NoSuchEntityException
     */
    public function order(int $id): string;

    /**
     * The canonical event of a customer, as JSON text.
     *
     * @param int $id
     * @return string
     * @throws \Magento\Framework\Exception\NoSuchEntityException
     */
    public function customer(int $id): string;

    /**
     * The canonical event of a product, as JSON text.
     *
     * @param int $id
     * @return string
     * @throws \Magento\Framework\Exception\NoSuchEntityException
     */
    public function product(int $id): string;

    /**
     * What the shop itself has for at most 31 days, as JSON text.
     *
     * @param string $from first day, such as 2026-11-01
     * @param string $to last day
     * @return string
     * @throws \Magento\Framework\Exception\InputException
     */
    public function shopTotals(string $from, string $to): string;

    /**
     * Records statuses that the relay pushes; the items are in the request body.
     *
     * @return \Byte8\SageAccounting\Api\Data\RecordedInterface
     * @throws \Magento\Framework\Exception\InputException
     */
    public function syncState(): \Byte8\SageAccounting\Api\Data\RecordedInterface;
}
