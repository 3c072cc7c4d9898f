<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Records;

use Byte8\SageAccounting\Model\Database\SalesTables;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\DB\Adapter\AdapterInterface;

/**
 * What people call a record: a document's number, a customer's e-mail, a product's SKU.
 */
class RecordNumbers
{
    /** Table and column. */
    private const DOCUMENTS = [
        'invoice' => ['sales_invoice', 'increment_id'],
        'creditmemo' => ['sales_creditmemo', 'increment_id'],
        'order' => ['sales_order', 'increment_id'],
    ];
    private const OTHERS = [
        'customer' => ['customer_entity', 'email'],
        'product' => ['catalog_product_entity', 'sku'],
    ];

    public function __construct(
        private readonly SalesTables $tables,
        private readonly ResourceConnection $resourceConnection
    ) {
    }

    /**
     * @param int[] $ids
     * @return array<int, array{string, string}> number and currency by id; '' for no currency
     */
    public function of(string $type, array $ids): array
    {
        $isDocument = isset(self::DOCUMENTS[$type]);
        if ($ids === [] || (!$isDocument && !isset(self::OTHERS[$type]))) {
            return [];
        }
        $columns = ['entity_id', 'number' => $this->column($type)]
            + ($isDocument ? ['currency' => 'order_currency_code'] : []);
        $select = $this->connection($type)->select()
            ->from($this->table($type), $columns)
            ->where('entity_id IN (?)', $ids);
        $numbers = [];
        foreach ($this->connection($type)->fetchAll($select) as $row) {
            $numbers[(int) $row['entity_id']] = [(string) $row['number'], (string) ($row['currency'] ?? '')];
        }

        return $numbers;
    }

    /**
     * The newest record that people call so; 0 for none.
     */
    public function idOf(string $type, string $number): int
    {
        return (int) $this->connection($type)->fetchOne(
            $this->connection($type)->select()
                ->from($this->table($type), ['entity_id'])
                ->where($this->column($type) . ' = ?', $number)
                ->order('entity_id DESC')
                ->limit(1)
        );
    }

    private function column(string $type): string
    {
        return (self::DOCUMENTS + self::OTHERS)[$type][1];
    }

    private function table(string $type): string
    {
        return isset(self::DOCUMENTS[$type])
            ? $this->tables->named(self::DOCUMENTS[$type][0])
            : $this->resourceConnection->getTableName(self::OTHERS[$type][0]);
    }

    private function connection(string $type): AdapterInterface
    {
        return isset(self::DOCUMENTS[$type]) ? $this->tables->connection() : $this->resourceConnection->getConnection();
    }
}
