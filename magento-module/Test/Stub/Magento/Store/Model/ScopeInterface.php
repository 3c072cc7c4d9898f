<?php

declare(strict_types=1);

namespace Magento\Store\Model;

/**
 * Stands in for the names of Magento's scopes.
 */
interface ScopeInterface
{
    public const SCOPE_STORE = 'store';
}
