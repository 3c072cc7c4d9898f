<?php

declare(strict_types=1);

namespace Magento\Framework\App;

/**
 * Stands in for the way to Magento's databases.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
class ResourceConnection
{
    public const DEFAULT_CONNECTION = 'default';

    public function __construct(private readonly object $connection)
    {
    }

    public function getConnection(string $resourceName = self::DEFAULT_CONNECTION): object
    {
        return $this->connection;
    }

    public function getTableName(string $modelEntity, string $connectionName = self::DEFAULT_CONNECTION): string
    {
        return $modelEntity;
    }
}
