<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\ViewModel;

use Byte8\SageAccounting\Model\Connection\ConnectionStoreInterface;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\ModuleConfig;
use Byte8\SageAccounting\Model\Relay\BindingStatusRepository;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FixedClock;
use Byte8\SageAccounting\Test\Fake\InMemoryKeyValueStore;
use Byte8\SageAccounting\ViewModel\LedgerLinks;
use Magento\Framework\App\Config\ScopeConfigInterface;

/**
 * Links into the ledger as a shop's settings and what its relay told make them.
 */
class FakeLinks
{
    public static function of(
        ScopeConfigInterface $config,
        ConnectionStoreInterface $connections,
        KeyValueStoreInterface $told = new InMemoryKeyValueStore()
    ): LedgerLinks {
        $statuses = new BindingStatusRepository($told, new FakeRelay(), new FixedClock());

        return new LedgerLinks(new ModuleConfig($config), $connections, $statuses);
    }
}
