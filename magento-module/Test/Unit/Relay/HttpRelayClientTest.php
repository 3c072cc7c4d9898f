<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Relay;

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Connection\Installation;
use Byte8\SageAccounting\Model\Connection\TransportRule;
use Byte8\SageAccounting\Model\Outbox\OutboxRecovery;
use Byte8\SageAccounting\Model\Outbox\OutboxRows;
use Byte8\SageAccounting\Model\Relay\HttpAnswer;
use Byte8\SageAccounting\Model\Relay\HttpRelayClient;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Relay\ShopHeaders;
use Byte8\SageAccounting\Model\Token\TokenSigner;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Fake\FakeSite;
use Byte8\SageAccounting\Test\Fake\FakeTransport;
use Byte8\SageAccounting\Test\Fake\FixedClock;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;
use Magento\Framework\App\State;

/**
 * What goes over the wire to the relay, and what is made of its answers.
 */
class HttpRelayClientTest extends DatabaseTestCase
{
    private FakeTransport $transport;

    private ?FakeSite $site = null;

    public function testPlansAreSentByteForByteAndSigned(): void
    {
        $client = $this->client(new HttpAnswer(202, [], '{"results":[{"key":"a"},{"key":"b"}]}'));
        $results = $client->postPlans(['{"key":"a","n":1.0}', '{ "key" : "b" }']);

        self::assertSame('{"plans":[{"key":"a","n":1.0},{ "key" : "b" }]}', $this->transport->requests[0]['body']);
        self::assertSame('https://relay.example/v1/plans', $this->transport->requests[0]['url']);
        self::assertMatchesRegularExpression(
            '/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/',
            $this->transport->requests[0]['headers']['Authorization']
        );
        self::assertSame(['a', 'b'], array_column($results, 'key'));
    }

    public function testSettingsAreAskedForByTheirDigest(): void
    {
        $document = '{"schema":"1"}';
        $client = $this->client(new HttpAnswer(200, [], $document));
        $settings = $client->settings('abc');
        self::assertSame([$document, hash('sha256', $document)], [$settings?->json, $settings?->digest]);
        self::assertSame('"abc"', $this->transport->requests[0]['headers']['If-None-Match']);

        self::assertNull($this->client(new HttpAnswer(304, [], ''))->settings('abc'));
    }

    public function testProblemOfTheRelayKeepsItsWords(): void
    {
        $client = $this->client(new HttpAnswer(
            429,
            ['retry-after' => '90'],
            '{"code":"too_many","detail":"Slow down.","pointer":"/plans"}'
        ));
        try {
            $client->postPlans(['{}']);
            self::fail('a refusal must be told');
        } catch (RelayException $failure) {
            self::assertSame(
                ['too_many', 'HTTP 429: Slow down.', '/plans', 90, true],
                [$failure->errorCode, $failure->getMessage(), $failure->pointer, $failure->retryAfter,
                    $failure->isRetried()]
            );
        }
    }

    public function testARunIsReadAsAnItemOfTheFeed(): void
    {
        $answer = '{"run_id":"r-1","key":"invoice.created:5","state":"succeeded","error":null,'
            . '"sage":{"id":"abc","reference":"SI-5","total_amount":"35.99","currency":"GBP"},'
            . '"expected":{"total_amount":"35.99","currency":"GBP"}}';

        self::assertSame([
            'key' => 'invoice.created:5', 'run_id' => 'r-1', 'status' => 'succeeded', 'sage_id' => 'abc',
            'sage_reference' => 'SI-5', 'sage_total' => '35.99', 'expected_total' => '35.99', 'error' => null,
        ], $this->client(new HttpAnswer(200, [], $answer))->run('r-1'));
    }

    /**
     * @return iterable<string, array{string}>
     */
    public function unreadable(): iterable
    {
        yield 'no JSON' => ['<html>'];
        yield 'a number' => ['5'];
        yield 'no results' => ['{}'];
        yield 'too few' => ['{"results":[]}'];
        yield 'nothing' => [''];
    }

    /**
     * @dataProvider unreadable
     */
    public function testAnswerThatCannotBeReadIsTriedAgainLater(string $body): void
    {
        try {
            $this->client(new HttpAnswer(200, [], $body))->postPlans(['{}']);
            self::fail('must be told');
        } catch (RelayException $failure) {
            self::assertSame(
                [RelayException::ANSWER_UNREADABLE, true],
                [$failure->errorCode, $failure->isRetried()]
            );
        }
    }

    public function testNothingIsSentWithoutAConnectionOrInTheClear(): void
    {
        $bad = [null, 'http://relay.example', 'ftp://relay.example', 'relay.example', 'https://u:p@relay.example'];
        foreach ($bad as $url) {
            $client = $this->client(new HttpAnswer(200, [], '{}'), $url);
            try {
                $client->check();
                self::fail('sent to ' . $url);
            } catch (RelayException $failure) {
                self::assertSame(0, $failure->status);
            }
            self::assertSame([], $this->transport->requests);
        }
    }

    public function testEveryRequestSaysWhichShopThisIsAndWhereItStands(): void
    {
        $position = '0123456789abcdef.3.4';
        $client = $this->client(new HttpAnswer(200, ['ledger-position' => $position], '{"state":"active"}'));
        self::assertSame(['state' => 'active'], $client->binding());
        $first = $this->transport->requests[0]['headers'];
        self::assertMatchesRegularExpression('/^[0-9a-f]{32}$/', $first['Ledger-Installation']);
        self::assertSame('0', $first['Ledger-Sequence']);
        self::assertArrayNotHasKey('Ledger-Position', $first);

        $this->captured(EventName::InvoiceCreated, 33);
        $client = $this->client(new HttpAnswer(200, [], '{}'));
        $client->offered('r', ['invoice' => 33]);
        $second = $this->transport->requests[0];
        self::assertSame(['1', $position], [
            $second['headers']['Ledger-Sequence'],
            $second['headers']['Ledger-Position'],
        ]);
        self::assertSame('{"recovery_id":"r","highest":{"invoice":33}}', $second['body']);
    }

    public function testACopySendsNothingUntilItIsSaidToBeTheShop(): void
    {
        $client = $this->client(new HttpAnswer(200, [], '{}'));
        $client->binding();
        $kept = $this->transport->requests[0]['headers']['Ledger-Installation'];
        $this->site = new FakeSite('https://staging.example');
        $client = $this->client(new HttpAnswer(200, [], '{}'));
        try {
            $client->postPlans(['{}']);
            self::fail('a copy must not send');
        } catch (RelayException $failure) {
            self::assertSame(['looks_like_a_copy', true], [$failure->errorCode, $failure->isRetried()]);
            self::assertStringContainsString('https://shop.example', $failure->getMessage());
        }
        self::assertSame([], $this->transport->requests);

        $installation = new Installation($this->values, $this->site);
        self::assertNotSame($kept, $installation->presentId());
        $client->moved($installation->presentId(), $kept);
        self::assertStringContainsString($kept, (string) $this->transport->requests[0]['body']);
        $installation->keep();
        $client->binding();
        self::assertSame(
            $installation->presentId(),
            $this->transport->requests[1]['headers']['Ledger-Installation']
        );
    }

    public function testRelayOnThisMachineNeedsNoHttps(): void
    {
        $rule = new TransportRule(new State());
        $good = ['http://127.0.0.1:8411', 'http://localhost', 'http://[::1]:80/x', 'https://relay.example/x'];
        foreach ($good as $url) {
            self::assertTrue($rule->allowsUrl($url), $url);
        }
        foreach (['http://127.0.0.1.example', 'http://10.0.0.1', 'http://relay.example#@127.0.0.1', ''] as $url) {
            self::assertFalse($rule->allowsUrl($url), $url);
        }
        self::assertTrue((new TransportRule(new State(State::MODE_DEVELOPER)))->allowsUrl('http://relay.test'));
        self::assertFalse($rule->allowsRequest(false, '203.0.113.7'));
        self::assertTrue($rule->allowsRequest(true, '203.0.113.7'));
    }

    private function client(HttpAnswer $answer, ?string $url = 'https://relay.example'): HttpRelayClient
    {
        $this->transport = new FakeTransport($answer);
        $connection = $url === null ? null : new Connection($url, 'shop', 'secret');

        return new HttpRelayClient(
            new InMemoryConnectionStore($connection),
            new TransportRule(new State()),
            new TokenSigner(new FixedClock()),
            $this->transport,
            new ShopHeaders(
                new Installation($this->values, $this->site ??= new FakeSite()),
                new OutboxRecovery($this->database->tables, new OutboxRows()),
                $this->values
            )
        );
    }
}
