<?php

/**
 * Tells Magento where this module lives. Nothing else happens here.
 */

declare(strict_types=1);

use Magento\Framework\Component\ComponentRegistrar;

ComponentRegistrar::register(ComponentRegistrar::MODULE, 'Byte8_SageAccounting', __DIR__);
