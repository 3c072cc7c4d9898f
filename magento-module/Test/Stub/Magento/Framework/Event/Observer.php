<?php

declare(strict_types=1);

namespace Magento\Framework\Event;

use Magento\Framework\DataObject;

/**
 * Stands in for what Magento hands to an observer.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
class Observer extends DataObject
{
}
