<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

use Magento\Catalog\Api\ProductRepositoryInterface;
use Magento\Catalog\Model\Product\Action;
use Magento\CatalogImportExport\Model\Import\Product as ProductImport;
use Magento\CatalogInventory\Api\StockRegistryInterface;
use Magento\Framework\App\Filesystem\DirectoryList;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\Filesystem;
use Magento\Framework\ObjectManagerInterface;
use Magento\ImportExport\Model\Import;
use Magento\ImportExport\Model\Import\Source\Csv;
use Magento\InventoryApi\Api\Data\SourceItemInterface;
use Magento\InventoryApi\Api\SourceItemsSaveInterface;
use Magento\Sales\Api\ShipOrderInterface;

/**
 * Creates data inside an installed Magento: documents, and product changes of every kind.
 */
class Fixtures
{
    public function __construct(private readonly ObjectManagerInterface $objects, private readonly Shop $shop)
    {
    }

    /**
     * @param string[] $arguments
     * @return ?array<int|string, mixed> null for something else
     */
    public function do(string $action, array $arguments): ?array
    {
        return match ($action) {
            'documents' => $this->documents(),
            'invoice' => ['id' => (int) $this->shop->invoice($this->shop->order($this->shop->product()))->getId()],
            'customer-orders' => $this->customerOrders(),
            'rolled-back-invoice' => $this->rolledBackInvoice(),
            'product' => $this->product(),
            'source-items' => $this->sourceItems((int) $arguments[0], 77),
            'ship' => $this->ship((int) $arguments[0]),
            'mass-update' => $this->massUpdate((int) $arguments[0]),
            'import' => $this->import((int) $arguments[0]),
            'stock-item' => $this->stockItem((int) $arguments[0], 60),
            default => null,
        };
    }

    /**
     * An order paid at once, one paid later, one refunded in two parts, a customer, a product.
     *
     * @return array<string, mixed>
     */
    private function documents(): array
    {
        $product = $this->shop->product();
        $customer = $this->shop->customer();
        $paid = $this->shop->invoice($this->shop->order($product));
        $later = $this->shop->invoice($this->shop->order($product, 3), false);
        $this->shop->pay($later);
        $refunded = $this->shop->order($product, 4);
        $invoice = $this->shop->invoice($refunded);
        $memos = [$this->shop->refund($refunded, '0', 1), $this->shop->refund($refunded)];

        return $this->told([$paid, $later, $invoice], $memos) + [
            'customer' => [(int) $customer->getId()],
            'product' => [(int) $product->getId()],
        ];
    }

    /**
     * A registered customer who orders in pounds and in euros.
     *
     * @return array<string, mixed>
     */
    private function customerOrders(): array
    {
        $product = $this->shop->product();
        $customer = $this->shop->customer();
        $invoices = [];
        foreach (['GBP', 'EUR'] as $currency) {
            $invoices[] = $this->shop->invoice($this->shop->order($product, 2, 'checkmo', $customer, $currency));
        }

        return $this->told($invoices, []) + ['customer' => (int) $customer->getId()];
    }

    /**
     * A save that fails after the invoice was written.
     *
     * @return array{id: int}
     */
    private function rolledBackInvoice(): array
    {
        $order = $this->shop->order($this->shop->product());
        $connection = $this->objects->get(ResourceConnection::class)->getConnection('sales');
        $connection->beginTransaction();
        $invoice = $this->shop->invoice($order);
        $connection->rollBack();

        return ['id' => (int) $invoice->getId()];
    }

    /**
     * @param \Magento\Sales\Model\Order\Invoice[] $invoices
     * @param \Magento\Sales\Model\Order\Creditmemo[] $memos
     * @return array<string, mixed> ids, and totals as they are in the database by number
     */
    private function told(array $invoices, array $memos): array
    {
        $told = ['invoice' => [], 'creditmemo' => []];
        foreach ($invoices as $invoice) {
            $fresh = $this->shop->reloadedInvoice((int) $invoice->getId());
            $told['sales_invoices'][$fresh->getIncrementId()] = $fresh->getGrandTotal();
            $told['invoice'][] = (int) $fresh->getId();
            $told['order'][] = (int) $fresh->getOrderId();
        }
        foreach ($memos as $memo) {
            $fresh = $this->shop->reloadedCreditmemo((int) $memo->getId());
            $told['sales_credit_notes'][$fresh->getIncrementId()] = $fresh->getGrandTotal();
            $told['creditmemo'][] = (int) $fresh->getId();
        }

        return $told;
    }

    /**
     * @return array{id: int, sku: string}
     */
    private function product(): array
    {
        $product = $this->shop->product();

        return ['id' => (int) $product->getId(), 'sku' => (string) $product->getSku()];
    }

    /**
     * Like the inventory's own page and API.
     *
     * @return array{sku: string}
     */
    private function sourceItems(int $productId, float $quantity): array
    {
        $item = $this->objects->create(SourceItemInterface::class);
        $item->setSourceCode('default');
        $item->setSku($this->sku($productId));
        $item->setQuantity($quantity);
        $item->setStatus(SourceItemInterface::STATUS_IN_STOCK);
        $this->objects->get(SourceItemsSaveInterface::class)->execute([$item]);

        return ['sku' => $this->sku($productId)];
    }

    /**
     * @return array{order: int}
     */
    private function ship(int $productId): array
    {
        $product = $this->objects->get(ProductRepositoryInterface::class)->getById($productId, false, 1, true);
        $order = $this->shop->order($product, 2);
        $this->objects->get(ShipOrderInterface::class)->execute((int) $order->getId());

        return ['order' => (int) $order->getId()];
    }

    /**
     * @return array{}
     */
    private function massUpdate(int $productId): array
    {
        $this->objects->get(Action::class)->updateAttributes([$productId], ['name' => 'Renamed by mass update'], 0);

        return [];
    }

    /**
     * @return array{errors: string[]}
     */
    private function import(int $productId): array
    {
        $directory = $this->objects->get(Filesystem::class)->getDirectoryWrite(DirectoryList::VAR_DIR);
        $directory->writeFile('byte8-import.csv', "sku,name\n" . $this->sku($productId) . ",Renamed by import\n");
        try {
            $source = $this->objects->create(Csv::class, ['file' => 'byte8-import.csv', 'directory' => $directory]);
            $import = $this->objects->create(ProductImport::class);
            $errors = $import->setParameters([
                'behavior' => Import::BEHAVIOR_APPEND,
                'entity' => 'catalog_product',
                Import::FIELD_NAME_VALIDATION_STRATEGY => 'validation-stop-on-errors',
                Import::FIELD_FIELD_MULTIPLE_VALUE_SEPARATOR => ',',
            ])->setSource($source)->validateData();
            $import->importData();
        } finally {
            $directory->delete('byte8-import.csv');
        }

        return ['errors' => array_map(
            static fn (object $error): string => (string) $error->getErrorMessage(),
            $errors->getAllErrors()
        )];
    }

    /**
     * Like extensions that only know the legacy stock rows.
     *
     * @return array{}
     */
    private function stockItem(int $productId, float $quantity): array
    {
        $registry = $this->objects->get(StockRegistryInterface::class);
        $item = $registry->getStockItemBySku($this->sku($productId));
        $item->setQty($quantity);
        $registry->updateStockItemBySku($this->sku($productId), $item);

        return [];
    }

    private function sku(int $productId): string
    {
        return (string) $this->objects->get(ProductRepositoryInterface::class)->getById($productId)->getSku();
    }
}
