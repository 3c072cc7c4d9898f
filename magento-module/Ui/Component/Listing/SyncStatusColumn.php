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
        protected readonly StatusChip $chip,
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
        $cells = $this->cells(array_map('intval', array_column($rows, self::ID)));
        foreach ($rows as $position => $row) {
            $rows[$position][$this->getData('name')] = $cells[(int) $row[self::ID]] ?? $this->chip->nothing();
        }
        $dataSource['data']['items'] = $rows;

        return $dataSource;
    }

    /**
     * @param int[] $ids
     * @return array<int, string> HTML by id; none for a record of which nothing is known
     */
    protected function cells(array $ids): array
    {
        $found = $this->syncState->find((string) $this->getData('config/entityType'), $ids);

        return array_map($this->chip->ofEntity(...), $found);
    }
}
