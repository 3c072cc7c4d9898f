<?php

declare(strict_types=1);

namespace Magento\Framework;

/**
 * Stands in for the kinds of Magento's addresses.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
interface UrlInterface
{
    public const URL_TYPE_WEB = 'web';
}
