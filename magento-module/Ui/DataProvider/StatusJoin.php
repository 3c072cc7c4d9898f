<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Ui\DataProvider;

use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\SyncState\SyncStateRows;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\Ui\Component\Listing\StatusOptions;
use Magento\Framework\Data\Collection\AbstractDb;

/**
 * Joins a grid's collection with the mirror, so that the database filters and sorts by status.
 *
 * Joins only two columns, under the module's own names: others could clash with columns that Magento filters by
 * without a table name.
 */
class StatusJoin
{
    public const FIELD = 'byte8_sage_status';

    private const JOINED = 'byte8_sage_joined';

    private const CUSTOMER = 'customer';
    private const ORDER = 'order';

    /** Tables of the documents of an order. */
    private const DOCUMENTS = ['invoice' => 'sales_invoice', 'creditmemo' => 'sales_creditmemo'];

    public function __construct(private readonly SalesTables $tables)
    {
    }

    /**
     * @param string $idColumn column of the collection with the entity's id, with its table's alias
     * @return ?string SQL of the status, or null where the grid lives in another database
     */
    public function join(AbstractDb $collection, string $entityType, string $idColumn): ?string
    {
        $connection = $this->tables->connection();
        if ($collection->getConnection() !== $connection) {
            return null;
        }
        $known = match ($entityType) {
            self::CUSTOMER => 'byte8_state.byte8_state_status, ' . $this->ofCurrencies($idColumn),
            self::ORDER => $this->ofOrder($idColumn),
            default => 'byte8_state.byte8_state_status',
        };
        $status = 'COALESCE(byte8_hold.byte8_hold_mode, ' . $known . ', '
            . $connection->quoteInto('?', StatusOptions::NONE) . ')';
        if ($collection->getFlag(self::JOINED)) {
            return $status;
        }
        $states = $connection->select()
            ->from(
                $this->tables->syncState(),
                ['byte8_state_id' => 'magento_id', 'byte8_state_status' => 'sync_status']
            )
            ->where('entity_type = ?', $entityType)
            ->where('provider = ?', SyncStateRows::PROVIDER)
            ->where('aspect = ?', SyncAspect::DOCUMENT);
        $holds = $connection->select()
            ->from($this->tables->hold(), ['byte8_hold_id' => 'magento_id', 'byte8_hold_mode' => 'mode'])
            ->where('entity_type = ?', $entityType);
        $collection->getSelect()
            ->joinLeft(['byte8_state' => $states], 'byte8_state.byte8_state_id = ' . $idColumn, [])
            ->joinLeft(['byte8_hold' => $holds], 'byte8_hold.byte8_hold_id = ' . $idColumn, []);
        $collection->setFlag(self::JOINED, true);

        return $status;
    }

    /**
     * A customer whose orders are in the ledger has a contact there for each currency, even if never edited since.
     */
    private function ofCurrencies(string $idColumn): string
    {
        $states = $this->tables->connection()->select()
            ->from(['byte8_currency' => $this->tables->syncState()], ['MAX(byte8_currency.sync_status)'])
            ->where('byte8_currency.entity_type = ?', self::CUSTOMER)
            ->where('byte8_currency.provider = ?', SyncStateRows::PROVIDER)
            ->where('byte8_currency.magento_id = ' . $idColumn);

        return '(' . $states . ')';
    }

    /**
     * Of an order's own status and those of its documents, the one that matters most.
     */
    private function ofOrder(string $idColumn): string
    {
        $statuses = array_map(static fn (SyncStatus $status): string => $status->value, SyncStatus::BY_IMPORTANCE);
        $list = $this->tables->connection()->quoteInto('?', $statuses);
        $beyond = count($statuses) + 1;
        $ranks = ['COALESCE(NULLIF(FIELD(byte8_state.byte8_state_status, ' . $list . '), 0), ' . $beyond . ')'];
        foreach (self::DOCUMENTS as $entityType => $table) {
            $select = $this->tables->connection()->select()
                ->from(
                    ['byte8_document' => $this->tables->named($table)],
                    ['MIN(FIELD(byte8_part.sync_status, ' . $list . '))']
                )
                ->join(
                    ['byte8_part' => $this->tables->syncState()],
                    'byte8_part.magento_id = byte8_document.entity_id',
                    []
                )
                ->where('byte8_part.entity_type = ?', $entityType)
                ->where('byte8_part.provider = ?', SyncStateRows::PROVIDER)
                ->where('byte8_document.order_id = ' . $idColumn);
            $ranks[] = 'COALESCE((' . $select . '), ' . $beyond . ')';
        }

        return 'ELT(LEAST(' . implode(', ', $ranks) . '), ' . $list . ')';
    }
}
