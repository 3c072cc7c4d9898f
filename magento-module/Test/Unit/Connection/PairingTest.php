<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Connection;

use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Connection\Pairing;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Database\RelayParts;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FakeTranslator;
use Byte8\SageAccounting\Test\Fake\FakeTranslatorFactory;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;

/**
 * Pairing with a code: once, in time, with few attempts, and without storing the code.
 */
class PairingTest extends DatabaseTestCase
{
    private const KEY = '0123456789abcdef0123456789abcdef';

    private InMemoryConnectionStore $connections;

    private Pairing $pairing;

    private SettingsRepository $settings;

    private RelayParts $parts;

    protected function setUp(): void
    {
        parent::setUp();
        $relay = new FakeRelay();
        $this->connections = new InMemoryConnectionStore();
        $translators = new FakeTranslatorFactory(new FakeTranslator());
        $this->settings = new SettingsRepository($this->values, $relay, $translators, $this->clock);
        $this->parts = new RelayParts($this->database, $relay, $this->connections, $this->clock);
        $this->pairing = $this->parts->pairing($this->settings);
    }

    public function testTheRightCodePairsOnce(): void
    {
        $code = $this->pairing->newCode();
        self::assertMatchesRegularExpression('/^([A-HJ-NP-Z2-9]{4}-){3}[A-HJ-NP-Z2-9]{4}$/', $code);
        self::assertStringNotContainsString(str_replace('-', '', $code), (string) $this->values->get('pairing.code'));

        self::assertTrue($this->pairing->pair(strtolower(str_replace('-', ' ', $code)), $this->connection()));
        self::assertSame('shop-1', $this->connections->connection?->bindingId);
        self::assertFalse($this->pairing->pair($code, $this->connection('shop-2')));
        self::assertSame('shop-1', $this->connections->connection->bindingId);
    }

    public function testAWrongCodeDoesNotAndTenAttemptsEndIt(): void
    {
        $code = $this->pairing->newCode();
        for ($attempt = 0; $attempt < 10; $attempt++) {
            self::assertFalse($this->pairing->pair('AAAA-AAAA-AAAA-AAAA', $this->connection()));
        }
        self::assertFalse($this->pairing->pair($code, $this->connection()));
    }

    public function testAfterThirtyMinutesTheCodeIsVoid(): void
    {
        $code = $this->pairing->newCode();
        $this->clock->now = $this->clock->now->modify('+30 minutes');

        self::assertFalse($this->pairing->pair($code, $this->connection()));
    }

    public function testANewCodeVoidsTheOld(): void
    {
        $old = $this->pairing->newCode();
        $new = $this->pairing->newCode();

        self::assertFalse($this->pairing->pair($old, $this->connection()));
        self::assertTrue($this->pairing->pair($new, $this->connection()));
    }

    public function testWhatIsNoGoodConnectionIsRefused(): void
    {
        $bad = [
            new Connection('http://relay.example', 'shop-1', self::KEY),
            new Connection('https://relay.example', '', self::KEY),
            new Connection('https://relay.example', "shop\n1", self::KEY),
            new Connection('https://relay.example', 'shop-1', 'short'),
        ];
        foreach ($bad as $connection) {
            self::assertFalse($this->pairing->pair($this->pairing->newCode(), $connection));
        }
        self::assertNull($this->connections->connection);
        self::assertFalse($this->pairing->pair('', $this->connection()));
    }

    public function testAnotherBindingStartsWithItsOwnSettingsAndFeed(): void
    {
        $this->pairing->connect($this->connection());
        $this->settings->replaceWith('{"of":"the first","policy":{"sync_estimates":true}}');
        self::assertTrue((new OrderSetting($this->values))->isEnabled());
        $this->values->set('feed.cursor', '77');
        $this->pairing->connect($this->connection());
        self::assertSame('77', $this->values->get('feed.cursor'));

        $this->pairing->connect($this->connection('shop-2'));
        self::assertNull($this->values->get('feed.cursor'));
        self::assertNull($this->settings->document());
        self::assertFalse((new OrderSetting($this->values))->isEnabled());
        $this->pairing->disconnect();
        self::assertNull($this->connections->connection);
    }

    public function testAnotherBindingForgetsPositionAndRecovery(): void
    {
        $this->pairing->connect($this->connection());
        $remembered = ['relay.position', 'relay.binding', 'recovery.progress', 'sequence.restored'];
        foreach ($remembered as $name) {
            $this->values->set($name, '{"done":true}');
        }
        $this->pairing->connect($this->connection());
        self::assertSame('{"done":true}', $this->values->get('relay.position'));

        $this->pairing->connect($this->connection('shop-2'));
        self::assertSame([null], array_unique(array_map($this->values->get(...), $remembered)));
    }

    public function testPairingKeepsWhichInstallationThisIs(): void
    {
        self::assertNull($this->parts->installation->id());
        $this->pairing->connect($this->connection());
        $id = $this->parts->installation->id();
        self::assertMatchesRegularExpression('/^[0-9a-f]{32}$/', (string) $id);

        $this->parts->facts->baseUrl = 'https://staging.example/';
        self::assertFalse($this->parts->installation->check());
        $this->pairing->disconnect();
        self::assertTrue($this->parts->installation->looksLikeCopy(), 'a locked configuration may keep it connected');
        $this->pairing->connect($this->connection());
        self::assertTrue($this->parts->installation->check());
        self::assertNotSame($id, $this->parts->installation->id());
    }

    public function testTheSecretIsInNoDump(): void
    {
        self::assertStringNotContainsString(self::KEY, print_r($this->connection(), true));
    }

    private function connection(string $binding = 'shop-1'): Connection
    {
        return new Connection('https://relay.example', $binding, self::KEY);
    }
}
