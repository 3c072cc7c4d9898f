<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Records;

use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\SyncState\EntitySyncState;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;

/**
 * The invoices and credit memos of orders, and what is known of them in the ledger.
 */
class OrderDocuments
{
    /** The statement is the same for both. */
    private const TABLES = ['invoice' => 'sales_invoice', 'creditmemo' => 'sales_creditmemo'];

    public function __construct(
        private readonly SalesTables $tables,
        private readonly SyncStateStoreInterface $syncState
    ) {
    }

    /**
     * With one statement for each kind.
     *
     * @param int[] $orderIds
     * @return OrderDocument[] invoices first, each in the order of their ids
     */
    public function ofOrders(array $orderIds): array
    {
        $documents = [];
        foreach ($orderIds === [] ? [] : self::TABLES as $entityType => $table) {
            $select = $this->tables->connection()->select()
                ->from(
                    $this->tables->named($table),
                    ['entity_id', 'order_id', 'increment_id', 'grand_total', 'order_currency_code']
                )
                ->where('order_id IN (?)', $orderIds)
                ->order('entity_id ASC');
            foreach ($this->tables->connection()->fetchAll($select) as $row) {
                $documents[] = new OrderDocument(
                    (int) $row['order_id'],
                    $entityType,
                    (int) $row['entity_id'],
                    (string) $row['increment_id'],
                    (string) $row['grand_total'],
                    (string) $row['order_currency_code']
                );
            }
        }

        return $documents;
    }

    /**
     * The known states of documents, by kind and id.
     *
     * @param OrderDocument[] $documents
     * @return array<string, array<int, EntitySyncState>>
     */
    public function states(array $documents): array
    {
        $ids = [];
        foreach ($documents as $document) {
            $ids[$document->entityType][] = $document->entityId;
        }
        $states = [];
        foreach ($ids as $entityType => $ofType) {
            $states[$entityType] = $this->syncState->find($entityType, $ofType);
        }

        return $states;
    }
}
