<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;

/**
 * A connection in memory.
 */
class InMemoryConnectionStore implements ConnectionStoreInterface
{
    public function __construct(public ?Connection $connection = null)
    {
    }

    public function load(): ?Connection
    {
        return $this->connection;
    }

    public function save(Connection $connection): void
    {
        $this->connection = $connection;
    }

    public function forget(): void
    {
        $this->connection = null;
    }
}
