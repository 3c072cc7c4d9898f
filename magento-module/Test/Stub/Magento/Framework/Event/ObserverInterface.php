<?php

declare(strict_types=1);

namespace Magento\Framework\Event;

/**
 * Stands in for Magento's observer interface.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
interface ObserverInterface
{
    public function execute(Observer $observer);
}
