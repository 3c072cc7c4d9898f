<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\ViewModel;

use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Relay\BindingStatusRepository;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FakeScopeConfig;
use Byte8\SageAccounting\Test\Fake\FixedClock;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;
use Byte8\SageAccounting\Test\Fake\InMemoryKeyValueStore;
use PHPUnit\Framework\TestCase;

/**
 * Where the links into the ledger lead: the shop's own setting first, then what the relay told.
 */
class LedgerLinksTest extends TestCase
{
    private const SETTING = 'byte8/sage_accounting/dashboard_url';

    public function testTheRelayTellsItsAddressAndASettingGoesFirst(): void
    {
        self::assertSame('https://ledger.example/b/shop/setup', $this->setUpPage([], 'https://ledger.example/'));
        $own = [self::SETTING => 'https://own.example'];
        self::assertSame('https://own.example/b/shop/setup', $this->setUpPage($own, 'https://ledger.example'));
        self::assertNull($this->setUpPage([], null));
    }

    public function testWhatIsNoAddressIsNoLink(): void
    {
        foreach (['javascript:alert(1)', 'https://a"b', 'https://', "https://a\n", ['https://a']] as $told) {
            self::assertNull($this->setUpPage([], $told));
        }
    }

    /**
     * @param array<string, string> $settings
     */
    private function setUpPage(array $settings, mixed $told): ?string
    {
        $values = new InMemoryKeyValueStore();
        $statuses = new BindingStatusRepository($values, new FakeRelay(), new FixedClock());
        $statuses->save(['state' => 'active', 'dashboard_url' => $told]);
        $connections = new InMemoryConnectionStore(new Connection('https://relay.example', 'shop', 'secret'));

        return FakeLinks::of(new FakeScopeConfig($settings), $connections, $values)->setUp();
    }
}
