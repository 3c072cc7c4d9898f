<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Database;

use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Tools\MariaDbServer;
use Magento\Framework\App\ResourceConnection;

/**
 * A database with the module's tables, empty for every test, with further connections as a second worker has them.
 */
class TestDatabase
{
    private const NAME = 'module';

    public readonly PdoAdapter $adapter;

    public readonly SalesTables $tables;

    private function __construct(\PDO $pdo)
    {
        $this->adapter = new PdoAdapter($pdo);
        $this->tables = new SalesTables(new ResourceConnection($this->adapter));
    }

    public static function fresh(): self
    {
        $database = new self(MariaDbServer::running()->freshDatabase(self::NAME));
        foreach (DeclaredSchema::statements(dirname(__DIR__, 2) . '/etc/db_schema.xml') as $statement) {
            $database->adapter->execute($statement);
        }

        return $database;
    }

    /**
     * Another connection to the same tables.
     */
    public function another(): self
    {
        return new self(MariaDbServer::running()->connect(self::NAME));
    }
}
