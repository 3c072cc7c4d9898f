<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Connection;

/**
 * Port to what tells one installation of a shop from a copy of it.
 */
interface SiteInterface
{
    /**
     * Address of the shop, as configured.
     */
    public function baseUrl(): string;

    /**
     * Server and name of the shop's database, without user and password.
     */
    public function database(): string;
}
