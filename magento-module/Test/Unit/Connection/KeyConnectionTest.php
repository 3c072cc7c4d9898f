<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Connection;

use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Connection\KeyConnection;
use Byte8\SageAccounting\Model\Connection\KeyConnectionResult;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\ShopReport\ReportOnConnection;
use Byte8\SageAccounting\Test\Database\SyncCycleTestCase;

/**
 * Connecting with a pasted key: what it must be, and that only a key that the relay accepts is stored.
 */
class KeyConnectionTest extends SyncCycleTestCase
{
    private const SECRET = 'rk_00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';

    /** What the relay's dashboard shows. */
    private const TEXT = '{"api_key":"' . self::SECRET . '","binding_id":"shop-1","relay_url":"https://relay.example"}';

    private int $profiles = 0;

    public function testAnAcceptedKeyIsStoredAndTheResultIsSaid(): void
    {
        $this->connections->connection = null;
        $result = $this->paste("\n" . self::TEXT . " \n");

        self::assertSame([
            'Connected to https://relay.example as shop-1.',
            'The relay has accepted the key. It is valid from now on.',
        ], $result->lines);
        self::assertTrue($result->isConnected);
        $expected = new Connection('https://relay.example', 'shop-1', self::SECRET);
        self::assertEquals([$expected], $this->relay->presented, 'the relay was asked once, with the new key');
        self::assertEquals($expected, $this->connections->connection);
        self::assertSame('active', $this->parts->statuses->last()?->state, 'its answer is kept');
        self::assertNotNull($this->parts->installation->id());
        self::assertSame(1, $this->profiles, 'the set-up goes on at once');
    }

    public function testASlashAtTheEndOfTheAddressIsLeftOut(): void
    {
        $this->paste(str_replace('relay.example', 'relay.example/', self::TEXT));

        self::assertSame('https://relay.example', $this->connections->connection?->relayUrl);
    }

    public function testARelayOnThisMachineNeedsNoHttps(): void
    {
        $result = $this->paste(str_replace('https://relay.example', 'http://127.0.0.1:8080', self::TEXT));

        self::assertTrue($result->isConnected);
        self::assertSame('http://127.0.0.1:8080', $this->connections->connection?->relayUrl);
    }

    /**
     * @return iterable<string, array{string, string}>
     */
    public static function invalidTexts(): iterable
    {
        $whole = 'This is not the whole key. Copy everything that the relay shows, from { to }.';
        $missing = 'The key has no "%1". Copy everything that the relay shows, from { to }.';
        $https = 'The address of the relay must start with "https://", unless the relay runs on this machine.';
        $binding = 'The binding ID must have 1 to 64 letters, digits, dots, hyphens or underscores.';
        yield 'nothing' => ['', $whole];
        yield 'the secret alone' => [self::SECRET, $whole];
        yield 'cut off' => [substr(self::TEXT, 0, -1), $whole];
        yield 'a JSON text' => ['"' . self::SECRET . '"', $whole];
        yield 'a list' => ['["' . self::SECRET . '"]', $whole];
        yield 'too much' => [str_replace('{', '{' . str_repeat(' ', 4096), self::TEXT), $whole];
        foreach (['api_key', 'binding_id', 'relay_url'] as $name) {
            $text = str_replace('%1', $name, $missing);
            yield 'without ' . $name => [str_replace($name, 'other', self::TEXT), $text];
            $parts = [$name => 7] + json_decode(self::TEXT, true);
            yield 'a number as ' . $name => [(string) json_encode($parts), $text];
        }
        yield 'http' => [str_replace('https:', 'http:', self::TEXT), $https];
        yield 'no address' => [str_replace('https://', '', self::TEXT), $https];
        yield 'user in the address' => [str_replace('relay.example', 'a:b@relay.example', self::TEXT), $https];
        yield 'binding with a space' => [str_replace('shop-1', 'shop 1', self::TEXT), $binding];
        yield 'long binding' => [str_replace('shop-1', str_repeat('s', 65), self::TEXT), $binding];
        yield 'another secret' => [
            str_replace('rk_', 'sk_', self::TEXT),
            'The "api_key" in the key must start with "rk_".',
        ];
        $length = 'The API key must have 32 to 512 characters, without spaces.';
        yield 'short secret' => [str_replace(self::SECRET, substr(self::SECRET, 0, 31), self::TEXT), $length];
        yield 'long secret' => [str_replace(self::SECRET, 'rk_' . str_repeat('0', 510), self::TEXT), $length];
        yield 'secret with a space' => [str_replace('8899', '88 99', self::TEXT), $length];
    }

    /**
     * @dataProvider invalidTexts
     */
    public function testWhatIsNoKeyIsRefusedWithTheReasonAndWithoutARequest(string $text, string $reason): void
    {
        $before = $this->connections->connection;
        $result = $this->paste($text);

        self::assertFalse($result->isConnected);
        self::assertSame([$reason, 'Nothing was changed.'], $result->lines);
        self::assertSame([], $this->relay->presented);
        self::assertSame($before, $this->connections->connection);
    }

    /**
     * @return iterable<string, array{RelayException, string}>
     */
    public static function refusals(): iterable
    {
        yield 'another key' => [
            new RelayException('token_untrusted', 'HTTP 401: No', 401),
            'The relay does not accept this key. Create a new key in the ledger and use it here.',
        ];
        yield 'wrong clock' => [
            new RelayException('token_expired', 'HTTP 401: No', 401),
            'The clocks of shop and relay differ. Correct the one that is wrong.',
        ];
        yield 'used elsewhere' => [
            new RelayException(RelayException::OTHER_INSTALLATION, 'HTTP 409: No', 409),
            'If this is the right shop, create a new key in the ledger and use it here.',
        ];
        yield 'not a relay' => [
            new RelayException('http_404', 'HTTP 404', 404),
            'Check the address of the relay in the key.',
        ];
        yield 'silent' => [
            RelayException::unreachable('timeout'),
            'Check that the relay is running and that this shop can reach it.',
        ];
    }

    /**
     * @dataProvider refusals
     */
    public function testAKeyThatTheRelayRefusesLeavesTheConnectionAsItIs(RelayException $failure, string $remedy): void
    {
        $before = $this->connections->connection;
        $this->values->set('feed.cursor', '77');
        $this->relay->bindingFailure = $failure;
        $result = $this->paste(self::TEXT);

        self::assertFalse($result->isConnected);
        self::assertSame([$failure->getMessage(), $remedy, 'Nothing was changed.'], $result->lines);
        self::assertSame($before, $this->connections->connection);
        self::assertSame('77', $this->values->get('feed.cursor'));
        self::assertNull($this->parts->installation->id());
    }

    public function testAnAnswerThatIsNotOfARelayLeavesTheConnectionAsItIs(): void
    {
        $before = $this->connections->connection;
        $this->relay->binding = ['hello' => 'world'];
        $result = $this->paste(self::TEXT);

        self::assertFalse($result->isConnected);
        self::assertSame('The relay\'s response about this shop cannot be read.', $result->lines[0]);
        self::assertSame($before, $this->connections->connection);
    }

    public function testAnotherBindingStartsAnewAndTheSameContinues(): void
    {
        $this->paste(self::TEXT);
        $this->values->set('feed.cursor', '77');
        $this->paste(str_replace('rk_00', 'rk_ff', self::TEXT));
        self::assertSame('77', $this->values->get('feed.cursor'));
        self::assertStringStartsWith('rk_ff', (string) $this->connections->connection?->apiKey);

        $this->paste(str_replace('shop-1', 'shop-2', self::TEXT));
        self::assertNull($this->values->get('feed.cursor'));
    }

    public function testWhyTheRelayDoesNotSendIsSaidAtOnce(): void
    {
        $this->relay->binding['state'] = 'token_revoked';
        $result = $this->paste(self::TEXT);

        self::assertTrue($result->isConnected);
        self::assertContains('The connection to Sage has ended. Documents wait at the relay.', $result->lines);
        self::assertContains('Connect Sage again at the relay.', $result->lines);
    }

    public function testTheKeyIsInNoLineAndInNoStoredValueOfTheModule(): void
    {
        $said = [];
        foreach ([self::TEXT, substr(self::TEXT, 1), str_replace('https', 'http', self::TEXT)] as $text) {
            array_push($said, ...$this->paste($text)->lines);
        }
        $this->relay->bindingFailure = new RelayException('token_untrusted', 'HTTP 401: No', 401);
        array_push($said, ...$this->paste(self::TEXT)->lines);
        self::assertStringNotContainsString(substr(self::SECRET, 3, 16), implode("\n", $said));
        $table = $this->database->adapter->fetchAll('SELECT * FROM byte8_sage_value');
        self::assertNotSame([], $table);
        self::assertStringNotContainsString(substr(self::SECRET, 3, 16), (string) json_encode($table));
    }

    public function testAnOperatorGivesThePartsOneByOne(): void
    {
        $connection = new Connection('https://relay.example', 'shop-1', '0123456789abcdef0123456789abcdef');
        $result = $this->keyConnection()->with($connection);

        self::assertTrue($result->isConnected);
        self::assertSame($connection, $this->connections->connection);
        $invalid = new Connection('http://relay.example', 'shop-1', $connection->apiKey);
        self::assertFalse($this->keyConnection()->with($invalid)->isConnected);
        self::assertSame($connection, $this->connections->connection);
    }

    private function paste(string $text): KeyConnectionResult
    {
        return $this->keyConnection()->withText($text);
    }

    private function keyConnection(): KeyConnection
    {
        $report = $this->createStub(ReportOnConnection::class);
        $report->method('begin')->willReturnCallback(function (): void {
            self::assertNotNull($this->connections->connection, 'the key is stored before');
            $this->profiles++;
        });

        return $this->parts->keyConnection($this->settings, $report);
    }
}
