<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Ui\Component\Listing;

use Byte8\SageAccounting\Model\Records\OrderDocuments;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;
use Byte8\SageAccounting\ViewModel\StatusChip;
use Magento\Framework\View\Element\UiComponent\ContextInterface;
use Magento\Framework\View\Element\UiComponentFactory;

/**
 * The status of orders: of their estimates, where the settings ask for them, and of their invoices and credit memos.
 */
class OrderSyncStatusColumn extends SyncStatusColumn
{
    /**
     * @param array<string, mixed> $components
     * @param array<string, mixed> $data
     */
    public function __construct(
        ContextInterface $context,
        UiComponentFactory $uiComponentFactory,
        SyncStateStoreInterface $syncState,
        StatusChip $chip,
        private readonly OrderDocuments $documents,
        array $components = [],
        array $data = []
    ) {
        parent::__construct($context, $uiComponentFactory, $syncState, $chip, $components, $data);
    }

    /**
     * @inheritdoc
     */
    protected function cells(array $ids): array
    {
        $cells = parent::cells($ids);
        $documents = $this->documents->ofOrders($ids);
        $states = $this->documents->states($documents);
        $ofOrders = [];
        foreach ($documents as $document) {
            $ofOrders[$document->orderId][] = $states[$document->entityType][$document->entityId] ?? null;
        }
        foreach ($ofOrders as $orderId => $known) {
            $chips = $this->chip->ofDocuments(array_filter($known));
            $own = $cells[$orderId] ?? $this->chip->nothing();
            if ($chips !== '') {
                $cells[$orderId] = $own === $this->chip->nothing() ? $chips : $own . ' ' . $chips;
            }
        }

        return $cells;
    }
}
