<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Ui\Component\Listing;

use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;
use Byte8\SageAccounting\ViewModel\StatusChip;
use Magento\Framework\View\Element\UiComponent\ContextInterface;
use Magento\Framework\View\Element\UiComponentFactory;
use Magento\Ui\Component\Listing\Columns\Column;

/**
 * The status of every row on a page of a grid, with one query for all of them.
 */
class SyncStatusColumn extends Column
{
    private const ID = 'entity_id';

    /**
     * @param array<string, mixed> $components
     * @param array<string, mixed> $data
     */
    public function __construct(
        ContextInterface $context,
        UiComponentFactory $uiComponentFactory,
        private readonly SyncStateStoreInterface $syncState,
        private readonly StatusChip $chip,
        array $components = [],
        array $data = []
    ) {
        parent::__construct($context, $uiComponentFactory, $components, $data);
    }

    /**
     * @param array<string, mixed> $dataSource
     * @return array<string, mixed>
     */
    public function prepareDataSource(array $dataSource): array
    {
        $rows = $dataSource['data']['items'] ?? [];
        $ids = array_map('intval', array_column($rows, self::ID));
        $found = $this->syncState->find((string) $this->getData('config/entityType'), $ids);
        foreach ($rows as $position => $row) {
            $rows[$position][$this->getData('name')] = $this->chip->ofEntity($found[(int) $row[self::ID]] ?? null);
        }
        $dataSource['data']['items'] = $rows;

        return $dataSource;
    }
}
