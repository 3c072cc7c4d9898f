<?php

declare(strict_types=1);

namespace Magento\Framework\DB\Adapter;

/**
 * Stands in for Magento's deadlock.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
class DeadlockException extends \RuntimeException
{
}
