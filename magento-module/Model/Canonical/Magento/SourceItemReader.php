<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\Module\Manager;

/**
 * Reads a product's quantities at the sources of multi-source inventory.
 *
 * That part of Magento can be removed or disabled, so only its table is read and none of its classes is named.
 * Reservations of open orders are not subtracted.
 */
class SourceItemReader
{
    private const MODULE = 'Magento_Inventory';

    private const TABLE = 'inventory_source_item';

    public function __construct(
        private readonly ResourceConnection $resourceConnection,
        private readonly Manager $moduleManager
    ) {
    }

    /**
     * @return Row[] empty when multi-source inventory is absent
     */
    public function read(string $sku): array
    {
        if (!$this->moduleManager->isEnabled(self::MODULE)) {
            return [];
        }
        $connection = $this->resourceConnection->getConnection();
        $select = $connection->select()
            ->from($this->resourceConnection->getTableName(self::TABLE))
            ->where('sku = ?', $sku)
            ->order('source_item_id ASC');
        $rows = [];
        foreach ($connection->fetchAll($select) as $columns) {
            $rows[] = new Row($columns, 'source_items[' . count($rows) . ']');
        }

        return $rows;
    }
}
