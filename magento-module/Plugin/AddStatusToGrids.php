<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Plugin;

use Byte8\SageAccounting\Ui\DataProvider\StatusJoin;
use Magento\Framework\Data\Collection\AbstractDb;
use Magento\Framework\View\Element\UiComponent\DataProvider\CollectionFactory;

/**
 * Lets the grids of invoices, credit memos, orders and customers be filtered and sorted by status.
 */
class AddStatusToGrids
{
    private const MAIN_TABLE = 'main_table';

    /**
     * @param string[] $grids entity types by names of data sources
     */
    public function __construct(private readonly StatusJoin $join, private readonly array $grids = [])
    {
    }

    /**
     * @param AbstractDb $result
     * @param string $requestName
     * @return AbstractDb
     * @SuppressWarnings(PHPMD.UnusedFormalParameter)
     */
    public function afterGetReport(CollectionFactory $subject, $result, $requestName)
    {
        $entityType = $this->grids[$requestName] ?? null;
        if ($entityType !== null && $result instanceof AbstractDb) {
            $status = $this->join->join($result, $entityType, self::MAIN_TABLE . '.entity_id');
            if ($status !== null) {
                $expression = new \Zend_Db_Expr($status);
                $result->addFilterToMap(StatusJoin::FIELD, $expression);
                // The customer grid prefixes every field in a filter with the table.
                $result->addFilterToMap(self::MAIN_TABLE . '.' . StatusJoin::FIELD, $expression);
            }
        }

        return $result;
    }
}
