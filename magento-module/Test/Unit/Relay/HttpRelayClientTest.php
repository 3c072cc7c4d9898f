<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Relay;

use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Connection\TransportRule;
use Byte8\SageAccounting\Model\Installation\Installation;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Recovery\RecoveryStoreInterface;
use Byte8\SageAccounting\Model\Recovery\SequenceRecovery;
use Byte8\SageAccounting\Model\Relay\HttpRelayClient;
use Byte8\SageAccounting\Model\Relay\HttpResponse;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\Relay\RelayPosition;
use Byte8\SageAccounting\Model\Token\Base64Url;
use Byte8\SageAccounting\Model\Token\DirectionKey;
use Byte8\SageAccounting\Model\Token\TokenSigner;
use Byte8\SageAccounting\Test\Fake\FakeInstallationFacts;
use Byte8\SageAccounting\Test\Fake\FakeTransport;
use Byte8\SageAccounting\Test\Fake\FixedClock;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;
use Byte8\SageAccounting\Test\Fake\InMemoryKeyValueStore;
use Magento\Framework\App\State;
use PHPUnit\Framework\TestCase;

/**
 * The requests to the relay, and how its responses are read.
 */
class HttpRelayClientTest extends TestCase
{
    private FakeTransport $transport;

    private InMemoryKeyValueStore $values;

    private FakeInstallationFacts $facts;

    private Installation $installation;

    private OutboxEditorInterface $outbox;

    protected function setUp(): void
    {
        $this->values = new InMemoryKeyValueStore();
        $this->facts = new FakeInstallationFacts();
        $this->installation = new Installation($this->values, $this->facts, new FixedClock());
        $this->outbox = $this->createStub(OutboxEditorInterface::class);
        $this->outbox->method('highestId')->willReturn(77);
    }

    public function testEveryRequestSaysWhereTheShopStandsAndKeepsWhereTheRelayDoes(): void
    {
        $this->installation->rememberCurrent();
        $this->client(new HttpResponse(200, ['ledger-position' => 'epoch-1.5.9'], '{"state":"active"}'))->binding();
        $first = $this->transport->requests[0];
        self::assertSame('https://relay.example/v1/binding', $first['url']);
        self::assertSame($this->installation->id(), $first['headers']['Ledger-Installation']);
        self::assertSame('77', $first['headers']['Ledger-Sequence']);
        self::assertArrayNotHasKey('Ledger-Position', $first['headers']);

        $this->client(new HttpResponse(304, ['ledger-position' => 'epoch-1.5.10'], ''))->settings('abc');
        self::assertSame('epoch-1.5.9', $this->transport->requests[0]['headers']['Ledger-Position']);
        $refused = $this->client(new HttpResponse(409, ['ledger-position' => 'epoch-2.0.0'], '{"code":"x"}'));
        try {
            $refused->check();
            self::fail('a refusal must be told');
        } catch (RelayException) {
            self::assertSame('epoch-1.5.10', $this->transport->requests[0]['headers']['Ledger-Position']);
        }
        $this->client(new HttpResponse(200, ['ledger-position' => str_repeat('x', 101)], '{}'))->binding();
        self::assertSame('epoch-1.5.10', $this->values->get('relay.position'));
    }

    public function testAConnectionIsTriedWithItsOwnKeyAndKeepsNothing(): void
    {
        $this->values->set('relay.position', 'epoch-1.5.9');
        foreach (['shop' => 'epoch-1.5.9', 'other' => null] as $binding => $position) {
            $client = $this->client(new HttpResponse(200, ['ledger-position' => 'epoch-2.0.0'], '{"state":"active"}'));
            $candidate = new Connection('https://new.example', $binding, 'the new secret');
            self::assertSame(['state' => 'active'], $client->bindingWith($candidate));
            $request = $this->transport->requests[0];
            self::assertSame(['https://new.example/v1/binding', 'GET'], [$request['url'], $request['method']]);
            self::assertSame($this->installation->currentId(), $request['headers']['Ledger-Installation']);
            self::assertSame($position, $request['headers']['Ledger-Position'] ?? null);
            [$head, $claims, $signature] = explode('.', substr($request['headers']['Authorization'], 7));
            $key = DirectionKey::outbound('the new secret');
            $expected = Base64Url::encode(hash_hmac('sha256', $head . '.' . $claims, $key, true));
            self::assertSame($expected, $signature);
        }
        self::assertSame('epoch-1.5.9', $this->values->get('relay.position'));
        self::assertNull($this->installation->id());

        $client = $this->client(new HttpResponse(200, [], '{"state":"active"}'));
        $this->expectExceptionMessage('The relay must be called over HTTPS');
        $client->bindingWith(new Connection('http://new.example', 'shop', 'the new secret'));
    }

    public function testRecoveryAndInstallationAreToldAsTheContractSays(): void
    {
        $this->client(new HttpResponse(200, [], '{"state":"recovering"}'))
            ->completeRecovery('r-1', ['invoice' => 9, 'creditmemo' => 0, 'customer' => 3, 'product' => 4]);
        self::assertSame(
            ['https://relay.example/v1/recovery',
                '{"recovery_id":"r-1","highest":{"invoice":9,"creditmemo":0,"customer":3,"product":4}}'],
            [$this->transport->requests[0]['url'], $this->transport->requests[0]['body']]
        );
        $this->client(new HttpResponse(200, [], ''))->replaceInstallation('aa', 'bb');
        self::assertSame(
            ['https://relay.example/v1/installation', '{"installation":"aa","replaces":"bb"}', 'aa'],
            [$this->transport->requests[0]['url'], $this->transport->requests[0]['body'],
                $this->transport->requests[0]['headers']['Ledger-Installation']]
        );
    }

    public function testWhatTheShopTellsOfItselfIsPut(): void
    {
        $this->client(new HttpResponse(204, [], ''))->putShopProfile('{"schema":"1"}');
        $profile = $this->transport->requests[0];
        $this->client(new HttpResponse(204, [], ''))->putDryRun('{"schema":"1","totals":[]}');
        $dryRun = $this->transport->requests[0];

        self::assertSame(
            ['PUT', 'https://relay.example/v1/shop-profile', '{"schema":"1"}', 'application/json'],
            [$profile['method'], $profile['url'], $profile['body'], $profile['headers']['Content-Type']]
        );
        self::assertSame(
            ['PUT', 'https://relay.example/v1/dry-run', '{"schema":"1","totals":[]}'],
            [$dryRun['method'], $dryRun['url'], $dryRun['body']]
        );
        $this->client(new HttpResponse(200, [], '{}'))->completeRecovery('r-1', []);
        self::assertSame('POST', $this->transport->requests[0]['method']);
    }

    public function testACopyAsksNothingButToTakeThePlace(): void
    {
        $this->installation->rememberCurrent();
        $this->facts->database = 'db.example/staging';
        self::assertFalse($this->installation->check());
        $client = $this->client(new HttpResponse(200, [], '{}'));
        try {
            $client->postPlans(['{}']);
            self::fail('a copy sends nothing');
        } catch (RelayException $failure) {
            self::assertSame(
                [RelayException::LOOKS_LIKE_COPY, true],
                [$failure->errorCode, $failure->isOtherInstallation()]
            );
            self::assertStringContainsString('https://shop.example/', $failure->getMessage());
        }
        self::assertSame([], $this->transport->requests);
        $client->replaceInstallation('aa', 'bb');
        self::assertCount(1, $this->transport->requests);
    }

    public function testAnotherShopOnTheConnectionIsSaidInPlainWords(): void
    {
        $answer = new HttpResponse(409, [], '{"code":"other_installation","detail":"Installation ab is served."}');
        try {
            $this->client($answer)->check();
            self::fail('a refusal must be told');
        } catch (RelayException $failure) {
            self::assertStringContainsString('Another shop uses this connection', $failure->getMessage());
            self::assertTrue($failure->isRetried(), 'the plans are good');
            self::assertStringContainsString('pair it again', $failure->suggestion());
            self::assertStringContainsString('--disconnect', $failure->suggestion());
        }
    }

    public function testSuggestionsFitTheFailure(): void
    {
        foreach (['token_expired', 'token_not_yet_valid'] as $code) {
            $suggestion = (new RelayException($code, '', 401))->suggestion();
            self::assertStringContainsString('clock', $suggestion);
            self::assertStringNotContainsString('pair', $suggestion);
        }
        self::assertStringContainsString('pair again', (new RelayException('token_untrusted', '', 401))->suggestion());
        $next = new \DateTimeImmutable('2026-11-21T12:07:30Z');
        self::assertStringContainsString('2026-11-21 12:07 UTC', RelayException::unreachable('x')->suggestion($next));
        self::assertStringNotContainsString('by itself', RelayException::unreachable('x')->suggestion());
        self::assertTrue(RelayException::unreachable('x')->isPassing());
        self::assertTrue((new RelayException('x', '', 503))->isPassing());
        self::assertFalse((new RelayException('x', '', 401))->isPassing());
    }

    public function testPlansAreSentByteForByteAndSigned(): void
    {
        $client = $this->client(new HttpResponse(202, [], '{"results":[{"key":"a"},{"key":"b"}]}'));
        $results = $client->postPlans(['{"key":"a","n":1.0}', '{ "key" : "b" }']);

        self::assertSame('{"plans":[{"key":"a","n":1.0},{ "key" : "b" }]}', $this->transport->requests[0]['body']);
        self::assertSame('https://relay.example/v1/plans', $this->transport->requests[0]['url']);
        self::assertMatchesRegularExpression(
            '/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/',
            $this->transport->requests[0]['headers']['Authorization']
        );
        self::assertSame(['a', 'b'], array_column($results, 'key'));
    }

    public function testBackfillIsNamedInTheHeader(): void
    {
        $client = $this->client(new HttpResponse(202, [], '{"results":[{"key":"a"}]}'));
        $client->postPlans(['{"key":"a"}'], true);
        $client->postPlans(['{"key":"a"}']);
        $headers = array_column($this->transport->requests, 'headers');

        self::assertSame(['yes', null], [
            $headers[0]['Ledger-Backfill'] ?? null,
            $headers[1]['Ledger-Backfill'] ?? null,
        ]);
    }

    public function testSettingsAreAskedForByTheirDigest(): void
    {
        $document = '{"schema":"1"}';
        $client = $this->client(new HttpResponse(200, [], $document));
        $settings = $client->settings('abc');
        self::assertSame([$document, true], [$settings->json, $settings->isLive]);
        self::assertSame('"abc"', $this->transport->requests[0]['headers']['If-None-Match']);

        self::assertNull($this->client(new HttpResponse(304, [], ''))->settings('abc')->json);
    }

    public function testSettingsSayWhetherTheMerchantWentLive(): void
    {
        foreach (['no' => false, 'No' => false, 'yes' => true, '' => true] as $header => $isLive) {
            foreach ([200 => '{}', 304 => ''] as $status => $body) {
                $client = $this->client(new HttpResponse($status, ['ledger-live' => $header], $body));
                self::assertSame($isLive, $client->settings('abc')->isLive, $status . ' ' . $header);
            }
        }
        self::assertTrue($this->client(new HttpResponse(304, [], ''))->settings('abc')->isLive, 'an earlier release');
    }

    public function testProblemOfTheRelayKeepsItsWords(): void
    {
        $client = $this->client(new HttpResponse(
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
        ], $this->client(new HttpResponse(200, [], $answer))->run('r-1'));
    }

    /**
     * @return iterable<string, array{string}>
     */
    public static function unreadable(): iterable
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
            $this->client(new HttpResponse(200, [], $body))->postPlans(['{}']);
            self::fail('must be told');
        } catch (RelayException $failure) {
            self::assertSame(
                [RelayException::RESPONSE_UNREADABLE, true],
                [$failure->errorCode, $failure->isRetried()]
            );
        }
    }

    public function testNothingIsSentWithoutAConnectionOrInTheClear(): void
    {
        $bad = [null, 'http://relay.example', 'ftp://relay.example', 'relay.example', 'https://u:p@relay.example'];
        foreach ($bad as $url) {
            $client = $this->client(new HttpResponse(200, [], '{}'), $url);
            try {
                $client->check();
                self::fail('sent to ' . $url);
            } catch (RelayException $failure) {
                self::assertSame(0, $failure->status);
            }
            self::assertSame([], $this->transport->requests);
        }
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

    private function client(HttpResponse $answer, ?string $url = 'https://relay.example'): HttpRelayClient
    {
        $this->transport = new FakeTransport($answer);
        $connection = $url === null ? null : new Connection($url, 'shop', 'secret');

        return new HttpRelayClient(
            new InMemoryConnectionStore($connection),
            new TransportRule(new State()),
            new TokenSigner(new FixedClock()),
            $this->transport,
            new RelayPosition(
                $this->values,
                new SequenceRecovery(
                    $this->createStub(RecoveryStoreInterface::class),
                    $this->outbox,
                    $this->values,
                    new FixedClock()
                ),
                $this->installation
            ),
            $this->installation
        );
    }
}
