<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Database;

use Magento\Framework\App\ResourceConnection;
use Magento\Framework\DB\Adapter\AdapterInterface;

/**
 * The module's own tables and their connection: that of sales documents, so that rows share their transaction.
 */
class SalesTables
{
    private const CONNECTION = 'sales';

    public function __construct(private readonly ResourceConnection $resourceConnection)
    {
    }

    public function connection(): AdapterInterface
    {
        return $this->resourceConnection->getConnection(self::CONNECTION);
    }

    public function outbox(): string
    {
        return $this->named('byte8_event_outbox');
    }

    public function syncState(): string
    {
        return $this->named('byte8_entity_sync_state');
    }

    public function hold(): string
    {
        return $this->named('byte8_entity_hold');
    }

    public function values(): string
    {
        return $this->named('byte8_sage_value');
    }

    public function tokens(): string
    {
        return $this->named('byte8_sage_token');
    }

    /**
     * A table of the sales connection with the installation's prefix.
     */
    public function named(string $table): string
    {
        return $this->resourceConnection->getTableName($table, self::CONNECTION);
    }
}
