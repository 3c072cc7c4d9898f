<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopReport;

use Byte8\SageAccounting\Model\Canonical\Magento\DecimalText;
use Byte8\SageAccounting\Model\Database\SalesTables;
use Magento\Framework\App\ResourceConnection;

/**
 * The parts of the profile that only the tables know. Reads nothing about a customer.
 */
class ProfileRows
{
    private const RATE_PLACES = 4;

    public function __construct(
        private readonly SalesTables $tables,
        private readonly ResourceConnection $resourceConnection,
        private readonly DecimalText $decimalText
    ) {
    }

    /**
     * The tax rates that a tax rule uses. If there are too many, as with one for each postcode, only one for each
     * country and percentage.
     *
     * @param int $most longest list
     * @return array<int, array{code: string, tax_country_id: string, rate: string}>
     */
    public function taxRates(int $most): array
    {
        $rates = $this->rates(['code', 'tax_country_id', 'rate'], ['entry.tax_calculation_rate_id'], $most + 1);
        if (count($rates) > $most) {
            $columns = ['code' => 'MIN(entry.code)', 'tax_country_id', 'rate'];
            $rates = $this->rates($columns, ['entry.tax_country_id', 'entry.rate'], $most);
        }

        return $rates;
    }

    /**
     * The types of the products in the catalogue.
     *
     * @return string[]
     */
    public function productTypes(): array
    {
        $connection = $this->resourceConnection->getConnection();
        $types = $connection->fetchCol(
            $connection->select()
                ->from($this->resourceConnection->getTableName('catalog_product_entity'), ['type_id'])
                ->group('type_id')
                ->order('type_id ASC')
        );

        return array_values(array_filter(array_map('strval', $types), 'strlen'));
    }

    /**
     * The payment methods of the orders since an instant, each with the title of the newest of them.
     *
     * @return array<int, array{code: string, title: string}> title is '' where there is none
     */
    public function usedPaymentMethods(\DateTimeImmutable $since): array
    {
        $payments = $this->tables->named('sales_order_payment');
        $newest = $this->tables->connection()->fetchPairs(
            $this->tables->connection()->select()
                ->from(['payment' => $payments], ['newest' => 'MAX(payment.entity_id)', 'method'])
                ->join(['sold' => $this->tables->named('sales_order')], 'sold.entity_id = payment.parent_id', [])
                ->where('payment.method IS NOT NULL')
                ->where('sold.created_at >= ?', $since->format('Y-m-d H:i:s'))
                ->group('payment.method')
        );
        $information = $newest === [] ? [] : $this->tables->connection()->fetchPairs(
            $this->tables->connection()->select()
                ->from($payments, ['entity_id', 'additional_information'])
                ->where('entity_id IN (?)', array_keys($newest))
        );
        $used = [];
        foreach ($newest as $id => $method) {
            if ((string) $method !== '') {
                $used[] = ['code' => (string) $method, 'title' => $this->title($information[$id] ?? null)];
            }
        }

        return $used;
    }

    /**
     * Only the title is taken: gateways keep card and personal data beside it.
     */
    private function title(?string $information): string
    {
        $title = json_decode((string) $information, true)['method_title'] ?? null;

        return is_string($title) ? $title : '';
    }

    /**
     * @param array<int|string, string> $columns
     * @param string[] $groups
     * @return array<int, array{code: string, tax_country_id: string, rate: string}>
     */
    private function rates(array $columns, array $groups, int $limit): array
    {
        $connection = $this->resourceConnection->getConnection();
        $select = $connection->select()
            ->from(['entry' => $this->resourceConnection->getTableName('tax_calculation_rate')], $columns)
            ->join(
                ['used' => $this->resourceConnection->getTableName('tax_calculation')],
                'used.tax_calculation_rate_id = entry.tax_calculation_rate_id',
                []
            )
            ->group($groups)
            ->order(array_map(static fn (string $column): string => $column . ' ASC', $groups))
            ->limit($limit);

        return array_map(fn (array $row): array => [
            'code' => (string) $row['code'],
            'tax_country_id' => (string) $row['tax_country_id'],
            'rate' => (string) $this->decimalText->of($row['rate'], self::RATE_PLACES),
        ], $connection->fetchAll($select));
    }
}
