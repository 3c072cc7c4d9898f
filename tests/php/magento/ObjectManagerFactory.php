<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

use Magento\Framework\App\Bootstrap;
use Magento\Framework\App\State;
use Magento\Framework\ObjectManager\ConfigLoaderInterface;
use Magento\Framework\ObjectManagerInterface;
use Magento\Store\Model\StoreManagerInterface;

/**
 * Creates the object manager of an installed Magento, in the area of the admin and in store 1.
 */
class ObjectManagerFactory
{
    public static function create(string $folder): ObjectManagerInterface
    {
        ini_set('memory_limit', '2G');
        require_once $folder . '/app/bootstrap.php';
        $objects = Bootstrap::create(BP, $_SERVER)->getObjectManager();
        $objects->get(State::class)->setAreaCode('adminhtml');
        $objects->configure($objects->get(ConfigLoaderInterface::class)->load('adminhtml'));
        $objects->get(StoreManagerInterface::class)->setCurrentStore(1);

        return $objects;
    }
}
