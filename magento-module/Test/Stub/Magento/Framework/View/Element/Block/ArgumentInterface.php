<?php

declare(strict_types=1);

namespace Magento\Framework\View\Element\Block;

/**
 * Stands in for the mark of objects that layouts hand to templates.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
interface ArgumentInterface
{
}
