<?php

declare(strict_types=1);

namespace Magento\Framework\App;

/**
 * Stands in for the mode Magento runs in.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
class State
{
    public const MODE_DEVELOPER = 'developer';

    public const MODE_PRODUCTION = 'production';

    public function __construct(private readonly string $mode = self::MODE_PRODUCTION)
    {
    }

    public function getMode()
    {
        return $this->mode;
    }
}
