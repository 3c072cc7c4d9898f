<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Ui\DataProvider;

use Magento\Framework\Data\Collection;
use Magento\Framework\Data\Collection\AbstractDb;
use Magento\Ui\DataProvider\AddFieldToCollectionInterface;
use Magento\Ui\DataProvider\AddFilterToCollectionInterface;

/**
 * Lets the grid of products be filtered by status; its column is filled in afterwards.
 */
class AddStatusToProducts implements AddFieldToCollectionInterface, AddFilterToCollectionInterface
{
    private const PRODUCT = 'product';
    private const ID_COLUMN = 'e.entity_id';

    public function __construct(private readonly StatusJoin $join)
    {
    }

    /**
     * @inheritdoc
     */
    public function addField(Collection $collection, $field, $alias = null)
    {
        // The column reads the statuses of the whole page with one query.
    }

    /**
     * @inheritdoc
     */
    public function addFilter(Collection $collection, $field, $condition = null)
    {
        $value = is_array($condition) ? ($condition['eq'] ?? null) : null;
        if (!$collection instanceof AbstractDb || !is_string($value)) {
            return;
        }
        $status = $this->join->join($collection, self::PRODUCT, self::ID_COLUMN);
        if ($status !== null) {
            $collection->getSelect()->where($status . ' = ?', $value);
        }
    }
}
