<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Connection;

/**
 * Port to the stored connection.
 */
interface ConnectionStoreInterface
{
    /**
     * The connection, or null while the shop is not paired.
     */
    public function load(): ?Connection;

    public function save(Connection $connection): void;

    public function forget(): void;
}
