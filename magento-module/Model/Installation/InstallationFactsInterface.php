<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Installation;

/**
 * Port to the facts that distinguish an installation from its copies.
 */
interface InstallationFactsInterface
{
    /**
     * Address of the default store; '' where it depends on the request.
     */
    public function baseUrl(): string;

    /**
     * Server and name of the database that holds the module's tables.
     */
    public function database(): string;
}
