<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Installation;

use Byte8\SageAccounting\Model\Installation\Fingerprint;
use Byte8\SageAccounting\Model\Installation\Installation;
use Byte8\SageAccounting\Model\Installation\InstallationMove;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Status\Problems;
use Byte8\SageAccounting\Test\Fake\FakeInstallationFacts;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FixedClock;
use Byte8\SageAccounting\Test\Fake\InMemoryKeyValueStore;
use PHPUnit\Framework\TestCase;

/**
 * A shop detects whether it is the paired one; if not, a person decides.
 */
class InstallationTest extends TestCase
{
    private InMemoryKeyValueStore $values;

    private FakeInstallationFacts $facts;

    private FixedClock $clock;

    private Installation $installation;

    protected function setUp(): void
    {
        $this->values = new InMemoryKeyValueStore();
        $this->facts = new FakeInstallationFacts();
        $this->clock = new FixedClock();
        $this->installation = new Installation($this->values, $this->facts, $this->clock);
    }

    public function testTheIdIsThatOfTheContract(): void
    {
        $this->installation->rememberCurrent();
        $secret = $this->values->get('installation.secret');
        self::assertMatchesRegularExpression('/^[0-9a-f]{32}$/', (string) $secret);
        $digest = hash('sha256', $secret . "\ndb.example/magento\nshop.example");

        self::assertSame(substr($digest, 0, 32), $this->installation->id());
    }

    public function testAShopThatWasPairedBeforeIsTakenAsItIs(): void
    {
        self::assertNull($this->installation->id());
        self::assertTrue($this->installation->check());
        $id = $this->installation->id();
        self::assertTrue($this->installation->check());

        self::assertSame($id, $this->installation->id());
    }

    /**
     * @return iterable<string, array{string, string, bool}>
     */
    public static function places(): iterable
    {
        yield 'the same' => ['https://shop.example/', 'db.example/magento', true];
        yield 'without TLS, other letters, no slash' => ['http://Shop.example', 'db.example/magento', true];
        yield 'an address that depends on the request' => ['', 'db.example/magento', true];
        yield 'another address' => ['https://staging.example/', 'db.example/magento', false];
        yield 'another path' => ['https://shop.example/staging/', 'db.example/magento', false];
        yield 'another database' => ['https://shop.example/', 'db.example/staging', false];
        yield 'another server' => ['https://shop.example/', 'db2.example/magento', false];
        yield 'another database, address unknown' => ['', 'db2.example/magento', false];
    }

    /**
     * @dataProvider places
     */
    public function testAnotherAddressOrDatabaseLooksLikeACopy(string $url, string $database, bool $isSame): void
    {
        $this->installation->rememberCurrent();
        $id = $this->installation->id();
        [$this->facts->baseUrl, $this->facts->database] = [$url, $database];

        self::assertSame([$isSame, !$isSame], [$this->installation->check(), $this->installation->looksLikeCopy()]);
        self::assertSame('https://shop.example/', $this->installation->origin());
        self::assertSame($id, $this->installation->id());
        if (!$isSame) {
            self::assertNotSame($id, $this->installation->idFor($this->installation->moved()));
        }
    }

    public function testTheVerdictKeepsItsTimeAndEndsWhenTheShopIsBack(): void
    {
        $this->installation->rememberCurrent();
        $this->facts->database = 'elsewhere/magento';
        $this->installation->check();
        $this->clock->now = $this->clock->now->modify('+1 hour');
        $this->installation->check();
        self::assertSame('2026-11-21T12:00:00+00:00', $this->installation->since());

        $this->facts->database = 'db.example/magento';
        self::assertTrue($this->installation->check());
        self::assertFalse($this->installation->looksLikeCopy());
    }

    public function testTheMovedShopTakesThePlaceOfTheKeptOne(): void
    {
        $relay = new FakeRelay();
        $problems = new Problems($this->values, $this->clock);
        $move = new InstallationMove($this->installation, $relay, $problems);
        $this->installation->rememberCurrent();
        $id = $this->installation->id();
        $this->facts->baseUrl = 'https://new.example/';
        $this->installation->check();
        $problems->record(Problems::INSTALLATION, 'x', '', '');
        // A web server that uses another name for the database shows the result of cron's comparison.
        $this->facts->database = 'localhost/magento';
        $move->confirm();

        $moved = new Fingerprint('https://new.example/', 'db.example/magento');
        self::assertSame([[$this->installation->idFor($moved), $id]], $relay->installations);
        self::assertSame($this->installation->idFor($moved), $this->installation->id());
        self::assertFalse($this->installation->looksLikeCopy());
        self::assertNull($problems->of(Problems::INSTALLATION));
    }

    public function testWhenTheRelayServesAnotherInstallationNothingChanges(): void
    {
        $relay = new FakeRelay();
        $this->installation->rememberCurrent();
        $id = $this->installation->id();
        $this->facts->baseUrl = 'https://new.example/';
        $this->installation->check();
        $relay->failure = new RelayException('other_installation', 'HTTP 409', 409);
        try {
            (new InstallationMove($this->installation, $relay, new Problems($this->values, $this->clock)))->confirm();
            self::fail('must be told');
        } catch (RelayException $failure) {
            self::assertStringContainsString('already serves another installation', $failure->getMessage());
            self::assertStringContainsString('pair it again', $failure->suggestion());
        }
        self::assertSame([$id, true], [$this->installation->id(), $this->installation->looksLikeCopy()]);
    }
}
