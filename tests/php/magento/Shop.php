<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

use Magento\Backend\Model\Session\Quote as AdminQuoteSession;
use Magento\Catalog\Api\ProductRepositoryInterface;
use Magento\Catalog\Model\Product;
use Magento\CatalogInventory\Model\Indexer\Stock\Processor as StockIndexer;
use Magento\Customer\Api\CustomerRepositoryInterface;
use Magento\Customer\Api\Data\CustomerInterface;
use Magento\Directory\Model\Currency;
use Magento\Framework\DB\TransactionFactory;
use Magento\Framework\ObjectManagerInterface;
use Magento\Quote\Api\CartManagementInterface;
use Magento\Quote\Model\QuoteFactory;
use Magento\Sales\Api\CreditmemoRepositoryInterface;
use Magento\Sales\Api\InvoiceRepositoryInterface;
use Magento\Sales\Model\AdminOrder\Create as AdminOrderCreate;
use Magento\Sales\Model\Order;
use Magento\Sales\Model\Order\Creditmemo;
use Magento\Sales\Model\Order\CreditmemoFactory;
use Magento\Sales\Model\Order\Invoice;
use Magento\Sales\Model\Service\CreditmemoService;
use Magento\Sales\Model\Service\InvoiceService;
use Magento\Store\Model\StoreManagerInterface;

/**
 * Acts as merchants and customers in an installed Magento, through Magento's own services.
 *
 * Everything it creates has a unique mark, so that it never touches existing data.
 */
class Shop
{
    private const COUNTRY = 'GB';

    private const RATE = '1.1500';

    private readonly string $mark;

    public function __construct(private readonly ObjectManagerInterface $objects)
    {
        $this->mark = 'b8' . bin2hex(random_bytes(3));
    }

    /**
     * @template T of object
     * @param class-string<T> $type
     * @return T
     */
    public function get(string $type): object
    {
        return $this->objects->get($type);
    }

    /**
     * A taxed product with enough stock.
     */
    public function product(string $price = '12.50'): Product
    {
        $product = $this->objects->create(Product::class);
        $product->setTypeId('simple')->setAttributeSetId(4)->setWebsiteIds([1])->setName('Tea mug ' . $this->mark)
            ->setSku($this->mark . '-' . bin2hex(random_bytes(2)))->setPrice((float) $price)->setTaxClassId(2)
            ->setVisibility(4)->setStatus(1)->setWeight(1)
            ->setStockData(['use_config_manage_stock' => 1, 'qty' => 10000, 'is_in_stock' => 1]);

        $saved = $this->get(ProductRepositoryInterface::class)->save($product);
        $this->get(StockIndexer::class)->reindexRow($saved->getId(), true);

        return $saved;
    }

    public function customer(): CustomerInterface
    {
        $customer = $this->objects->create(CustomerInterface::class);
        $customer->setWebsiteId(1)->setGroupId(1)->setStoreId(1)->setEmail($this->mark . '@example.com')
            ->setFirstname('Pat')->setLastname('Example');

        return $this->get(CustomerRepositoryInterface::class)->save($customer);
    }

    /**
     * An order of some of a product, by a guest or a customer, with flat-rate shipping and payment by cheque.
     */
    public function order(
        Product $product,
        int $quantity = 2,
        string $method = 'checkmo',
        ?CustomerInterface $customer = null,
        string $currency = 'GBP'
    ): Order {
        $this->trade($currency);
        $email = $customer?->getEmail() ?? 'guest-' . $this->mark . '@example.com';
        $quote = $this->objects->create(QuoteFactory::class)->create();
        $quote->setStoreId(1)->setIsMultiShipping(false);
        if ($customer === null) {
            $quote->setCustomerIsGuest(true)->setCustomerEmail($email);
        } else {
            $quote->assignCustomer($customer);
        }
        $fresh = $this->get(ProductRepositoryInterface::class)->getById($product->getId(), false, 1, true);
        $quote->addProduct($fresh, $quantity);
        $address = [
            'firstname' => 'Pat', 'lastname' => 'Example', 'street' => ['1 Test Street', 'Floor 2'],
            'city' => 'Manchester', 'postcode' => 'M1 1AE', 'country_id' => self::COUNTRY,
            'telephone' => '01610000000', 'email' => $email,
        ];
        $quote->getBillingAddress()->addData($address);
        $quote->getShippingAddress()->addData($address)->setCollectShippingRates(true)->collectShippingRates()
            ->setShippingMethod('flatrate_flatrate');
        $quote->setInventoryProcessed(false);
        $quote->collectTotals()->save();
        $quote->setPaymentMethod($method);
        $quote->getPayment()->setQuote($quote)->importData(['method' => $method]);
        $quote->collectTotals()->save();
        $order = $this->get(CartManagementInterface::class)->submit($quote);
        $this->trade('GBP');

        return $this->objects->create(Order::class)->load($order->getId());
    }

    /**
     * Switches the store to a currency, regardless of its configuration.
     */
    private function trade(string $code): void
    {
        $store = $this->get(StoreManagerInterface::class)->getStore();
        $currency = $this->objects->create(Currency::class)->load($code);
        $base = (string) $store->getBaseCurrencyCode();
        // Uses the table, because Magento caches that a rate is missing.
        if ($code !== $base && $currency->getCurrencyRates($base, [$code]) === []) {
            $currency->saveRates([$base => [$code => self::RATE]]);
        }
        $store->setData('current_currency', $currency);
    }

    /**
     * Invoices an order, or some of its first item, like the admin's "Submit Invoice".
     *
     * An unpaid one stays open as with payment modules whose money is on its way: Magento itself takes every invoice of
     * an offline method for paid.
     */
    public function invoice(Order $order, bool $isPaid = true, ?int $quantity = null): Invoice
    {
        $part = $quantity === null ? [] : [array_values($order->getAllItems())[0]->getId() => $quantity];
        $invoice = $this->get(InvoiceService::class)->prepareInvoice($order, $part);
        $invoice->setRequestedCaptureCase($isPaid ? Invoice::CAPTURE_OFFLINE : Invoice::NOT_CAPTURE);
        $order->getPayment()->setIsTransactionPending(!$isPaid);
        $invoice->register();
        $order->setIsInProcess(true);
        $this->get(TransactionFactory::class)->create()->addObject($invoice)->addObject($order)->save();

        return $invoice;
    }

    /**
     * Marks an open invoice as paid, like "Capture".
     */
    public function pay(Invoice $invoice): void
    {
        $fresh = $this->objects->create(Invoice::class)->load($invoice->getId());
        $fresh->pay();
        $this->get(TransactionFactory::class)->create()->addObject($fresh)->addObject($fresh->getOrder())->save();
    }

    /**
     * Cancels an open invoice like the admin's "Cancel": the order is to be invoiced again.
     */
    public function cancelInvoice(int $id): void
    {
        $invoice = $this->reloadedInvoice($id);
        $invoice->cancel();
        $invoice->getOrder()->setIsInProcess(true);
        $this->get(TransactionFactory::class)->create()->addObject($invoice)->addObject($invoice->getOrder())->save();
    }

    /**
     * Edits an order like the admin's "Edit": Magento places a new order and cancels this one.
     */
    public function edit(Order $order, int $quantity): Order
    {
        $session = $this->get(AdminQuoteSession::class);
        $session->clearStorage();
        $session->setUseOldShippingMethod(true);
        $create = $this->objects->create(AdminOrderCreate::class);
        $create->initFromOrder($order);
        foreach ($create->getQuote()->getAllVisibleItems() as $item) {
            $create->updateQuoteItems([$item->getId() => ['qty' => $quantity]]);
        }
        $create->setPaymentData(['method' => $order->getPayment()->getMethod()]);
        // In the admin this is another request.
        $create->getQuote()->setTotalsCollectedFlag(false)->getShippingAddress()->unsetData('cached_items_all');
        $create->collectShippingRates()->saveQuote();
        $new = $create->setIsValidate(true)->importPostData([
            'account' => ['group_id' => '1', 'email' => $order->getCustomerEmail()],
        ])->createOrder();
        $session->clearStorage();

        return $this->reloadedOrder((int) $new->getId());
    }

    /**
     * Refunds offline what is left of an order, or some of its first item without shipping.
     */
    public function refund(Order $order, string $adjustment = '0', ?int $quantity = null): Creditmemo
    {
        $fresh = $this->objects->create(Order::class)->load($order->getId());
        $part = [];
        if ($quantity !== null) {
            $item = array_values($fresh->getAllVisibleItems())[0];
            $part = ['qtys' => [$item->getId() => $quantity], 'shipping_amount' => 0];
        }
        $memo = $this->get(CreditmemoFactory::class)->createByOrder(
            $fresh,
            ['adjustment_positive' => $adjustment] + $part
        );
        foreach ($memo->getAllItems() as $item) {
            $item->setBackToStock(false);
        }

        return $this->get(CreditmemoService::class)->refund($memo, true);
    }

    public function reloadedOrder(int $id): Order
    {
        return $this->objects->create(Order::class)->load($id);
    }

    public function reloadedInvoice(int $id): Invoice
    {
        return $this->objects->create(InvoiceRepositoryInterface::class)->get($id);
    }

    public function reloadedCreditmemo(int $id): Creditmemo
    {
        return $this->objects->create(CreditmemoRepositoryInterface::class)->get($id);
    }
}
