<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Connection;

use Byte8\SageAccounting\Model\Connection\Installation;
use Byte8\SageAccounting\Model\Connection\MovedShop;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Status\Troubles;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FakeSite;

/**
 * A shop knows itself, and a copy of it knows that it is one.
 */
class InstallationTest extends DatabaseTestCase
{
    public function testACopyHasAnotherAddressOrAnotherDatabase(): void
    {
        $shop = new Installation($this->values, new FakeSite());
        self::assertNull($shop->copiedFrom(), 'nothing was kept yet');
        $id = $shop->id();
        self::assertSame($id, $shop->presentId());
        self::assertNull($shop->copiedFrom());

        foreach ([new FakeSite('https://staging.example'), new FakeSite(database: 'other/magento')] as $site) {
            $copy = new Installation($this->values, $site);
            self::assertSame('https://shop.example', $copy->copiedFrom());
            self::assertNotSame($id, $copy->presentId());
            self::assertSame($id, $copy->id(), 'it does not pass itself off as another shop by itself');
        }
    }

    public function testTheMovedShopTakesThePlaceOfTheFormerOne(): void
    {
        $id = (new Installation($this->values, new FakeSite()))->keep();
        $moved = new Installation($this->values, new FakeSite('https://new.example'));
        $relay = new FakeRelay();
        $relay->moveFailure = new RelayException('other_installation', 'HTTP 409', 409);
        $declaration = new MovedShop($moved, $relay, new Troubles($this->values, $this->clock));
        try {
            $declaration->declare();
            self::fail('the relay serves another one');
        } catch (RelayException $failure) {
            self::assertTrue($failure->isAnotherShop());
        }
        self::assertNotNull($moved->copiedFrom(), 'nothing is changed');

        $relay->moveFailure = null;
        $declaration->declare();
        self::assertSame([[$moved->presentId(), $id]], $relay->moves);
        self::assertNull($moved->copiedFrom());
    }
}
