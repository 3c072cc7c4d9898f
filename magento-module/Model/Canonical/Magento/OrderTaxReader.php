<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical\Magento;

use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\DB\Select;

/**
 * Reads the tax rows of an order from their two tables; Magento's own collections leave out some of the columns.
 */
class OrderTaxReader
{
    private const CONNECTION = 'sales';

    public function __construct(private readonly ResourceConnection $resourceConnection)
    {
    }

    /**
     * @return Row[]
     */
    public function taxes(int $orderId): array
    {
        $select = $this->resourceConnection->getConnection(self::CONNECTION)->select()
            ->from($this->table('sales_order_tax'))
            ->where('order_id = ?', $orderId)
            ->order('tax_id ASC');

        return $this->fetch($select, 'order_tax');
    }

    /**
     * @return Row[]
     */
    public function taxItems(int $orderId): array
    {
        $select = $this->resourceConnection->getConnection(self::CONNECTION)->select()
            ->from(['tax_item' => $this->table('sales_order_tax_item')])
            ->join(['tax' => $this->table('sales_order_tax')], 'tax.tax_id = tax_item.tax_id', [])
            ->where('tax.order_id = ?', $orderId)
            ->order('tax_item.tax_item_id ASC');

        return $this->fetch($select, 'order_tax_items');
    }

    /**
     * @return Row[]
     */
    private function fetch(Select $select, string $location): array
    {
        $rows = [];
        foreach ($this->resourceConnection->getConnection(self::CONNECTION)->fetchAll($select) as $columns) {
            $rows[] = new Row($columns, $location . '[' . count($rows) . ']');
        }

        return $rows;
    }

    private function table(string $name): string
    {
        return $this->resourceConnection->getTableName($name, self::CONNECTION);
    }
}
