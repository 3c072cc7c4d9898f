<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

use Byte8\SageAccounting\Model\Canonical\Block\ProductBlock;
use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\Source\ProductRows;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Magento\Catalog\Api\ProductRepositoryInterface;
use Magento\CatalogInventory\Api\StockRegistryInterface;
use Magento\Framework\DataObject;
use Magento\Framework\Exception\NoSuchEntityException;

/**
 * Reads a product in the global scope, whatever store view the admin is looking at.
 *
 * Does not interpret stock: passes on the legacy row, the sources and the settings as they are.
 */
class ProductReader
{
    private const GLOBAL_STORE_ID = 0;

    private const EAV_DECIMAL_PLACES = 6;

    public function __construct(
        private readonly ProductRepositoryInterface $productRepository,
        private readonly StockRegistryInterface $stockRegistry,
        private readonly SourceItemReader $sourceItemReader,
        private readonly ProductConfigReader $productConfigReader,
        private readonly StoreTimeZone $storeTimeZone,
        private readonly EntityRowReader $rowReader,
        private readonly DecimalText $decimalText
    ) {
    }

    /**
     * @throws CanonicalDataException when the product does not exist
     */
    public function read(CapturedEvent $event): ProductRows
    {
        try {
            $product = $this->productRepository->getById($event->entityId, false, self::GLOBAL_STORE_ID, true);
        } catch (NoSuchEntityException $exception) {
            throw new CanonicalDataException(
                'product',
                sprintf('nothing has the entity_id %d', $event->entityId),
                $exception
            );
        }
        if (!$product instanceof DataObject) {
            throw new CanonicalDataException('product', 'is not Magento\'s own model');
        }
        $stockItem = $this->stockRegistry->getStockItem($event->entityId);

        return new ProductRows(
            $this->rowReader->row($product, 'catalog_product_entity', 'product'),
            $this->attributes($product),
            $stockItem instanceof DataObject && $stockItem->getData('item_id') !== null
                ? $this->rowReader->row($stockItem, 'cataloginventory_stock_item', 'stock_item')
                : null,
            $this->sourceItemReader->read((string) $product->getSku()),
            $this->productConfigReader->read(),
            $this->storeTimeZone->ofInstallation()
        );
    }

    /**
     * @return Row[]
     */
    private function attributes(DataObject $product): array
    {
        $rows = [];
        foreach (ProductBlock::ATTRIBUTES as $code) {
            $value = $product->getData($code);
            $rows[] = new Row([
                'attribute_code' => $code,
                'store_id' => self::GLOBAL_STORE_ID,
                'value' => is_float($value)
                    ? $this->decimalText->of($value, self::EAV_DECIMAL_PLACES)
                    : ($value === null ? null : (string) $value),
            ], 'attributes[' . count($rows) . ']');
        }

        return $rows;
    }
}
