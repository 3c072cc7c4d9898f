<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Rest;

use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Connection\Pairing;
use Byte8\SageAccounting\Model\Connection\TransportRule;
use Byte8\SageAccounting\Model\Rest\PairingService;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\ShopReport\ReportOnConnection;
use Byte8\SageAccounting\Model\Token\Base64Url;
use Byte8\SageAccounting\Model\Token\DirectionKey;
use Byte8\SageAccounting\Model\Token\TokenSigner;
use Byte8\SageAccounting\Model\Token\TokenVerifier;
use Byte8\SageAccounting\Model\Token\UsedTokensInterface;
use Byte8\SageAccounting\Plugin\RelayAuthorization;
use Byte8\SageAccounting\Test\Database\DatabaseTestCase;
use Byte8\SageAccounting\Test\Database\RelayParts;
use Byte8\SageAccounting\Test\Fake\CollectingLogger;
use Byte8\SageAccounting\Test\Fake\FakeRelay;
use Byte8\SageAccounting\Test\Fake\FakeTranslator;
use Byte8\SageAccounting\Test\Fake\FakeTranslatorFactory;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;
use Magento\Framework\App\State;
use Magento\Framework\Authorization;
use Magento\Framework\Exception\AuthorizationException;
use Magento\Framework\HTTP\PhpEnvironment\RemoteAddress;
use Magento\Framework\Webapi\Rest\Request;
use Magento\Store\Model\StoreManagerInterface;
use PHPUnit\Framework\MockObject\MockObject;

/**
 * The shop proves to its relay that it has the new key, and a copy of the shop refuses the relay.
 */
class PairingServiceTest extends DatabaseTestCase
{
    private const KEY = '0123456789abcdef0123456789abcdef';

    private InMemoryConnectionStore $connections;

    private RelayParts $parts;

    private Pairing $pairing;

    private PairingService $service;

    private ReportOnConnection&MockObject $report;

    protected function setUp(): void
    {
        parent::setUp();
        $relay = new FakeRelay();
        $this->connections = new InMemoryConnectionStore();
        $this->parts = new RelayParts($this->database, $relay, $this->connections, $this->clock);
        $translators = new FakeTranslatorFactory(new FakeTranslator());
        $this->pairing = $this->parts->pairing(
            new SettingsRepository($this->values, $relay, $translators, $this->clock)
        );
        $stores = $this->createStub(StoreManagerInterface::class);
        $stores->method('getStore')->willReturn(new class {
            public function getBaseUrl(string $type): string
            {
                return 'https://shop.example/';
            }
        });
        $this->report = $this->createMock(ReportOnConnection::class);
        $this->service = new PairingService(
            $this->pairing,
            new TransportRule(new State()),
            new TokenSigner($this->clock),
            $stores,
            new Request(),
            new RemoteAddress(),
            $this->report
        );
    }

    public function testTheChallengeComesBackSignedWithTheNewKey(): void
    {
        $paired = $this->paired('a challenge "of" the relay');
        [$header, $claims, $signature] = explode('.', $paired->getProof());
        $key = DirectionKey::outbound(self::KEY);
        $values = json_decode((string) Base64Url::decode($claims), true);

        self::assertSame(
            Base64Url::encode(hash_hmac('sha256', $header . '.' . $claims, $key, true)),
            $signature
        );
        self::assertSame(['a challenge "of" the relay', 'shop-1'], [$values['challenge'], $values['iss']]);
        self::assertSame(60, $values['exp'] - $values['iat']);
        self::assertSame(['shop-1', 'https://shop.example/'], [$paired->getBindingId(), $paired->getStoreUrl()]);
    }

    public function testARelayThatAsksForNoProofIsPairedAsBefore(): void
    {
        self::assertSame('', $this->paired()->getProof());
        self::assertNotNull($this->connections->connection);
    }

    public function testTheProfileIsToldOncePairedAndNotBefore(): void
    {
        $this->report->expects(self::once())->method('begin')->willReturnCallback(
            fn () => self::assertNotNull($this->connections->connection)
        );
        try {
            $this->service->pair('AAAA-AAAA-AAAA-AAAA', 'shop-1', 'https://relay.example', self::KEY);
            self::fail('must be refused');
        } catch (AuthorizationException) {
            $this->paired();
        }
    }

    public function testAnAbsurdChallengeIsRefusedAndTheCodeStaysGood(): void
    {
        $code = $this->pairing->newCode();
        try {
            $this->service->pair($code, 'shop-1', 'https://relay.example', self::KEY, str_repeat('x', 257));
            self::fail('must be refused');
        } catch (AuthorizationException) {
            self::assertNull($this->connections->connection);
        }
        $this->service->pair($code, 'shop-1', 'https://relay.example', self::KEY);
        self::assertNotNull($this->connections->connection);
    }

    public function testAPushIntoACopyIsRefused(): void
    {
        $this->paired();
        self::assertTrue($this->isAllowed());

        $this->parts->facts->baseUrl = 'https://staging.example/';
        $this->parts->installation->check();
        self::assertFalse($this->isAllowed());
        $this->parts->installation->rememberCurrent();
        self::assertTrue($this->isAllowed());
    }

    private function paired(string $challenge = ''): object
    {
        $relayUrl = 'https://relay.example/';

        return $this->service->pair($this->pairing->newCode(), 'shop-1', $relayUrl, self::KEY, $challenge);
    }

    private function isAllowed(): bool
    {
        $now = $this->clock->now()->getTimestamp();
        $part = static fn (array $values): string => Base64Url::encode((string) json_encode($values));
        $signed = $part(['alg' => 'HS256']) . '.' . $part([
            'iss' => 'ledger-relay', 'aud' => 'shop-1', 'iat' => $now, 'exp' => $now + 60,
            'jti' => bin2hex(random_bytes(8)), 'body' => hash('sha256', '{}'),
        ]);
        $key = DirectionKey::inbound(self::KEY);
        $token = $signed . '.' . Base64Url::encode(hash_hmac('sha256', $signed, $key, true));
        $used = $this->createStub(UsedTokensInterface::class);
        $used->method('useOnce')->willReturn(true);
        $plugin = new RelayAuthorization(
            $this->connections,
            new TransportRule(new State()),
            new TokenVerifier($used, $this->clock),
            $this->parts->installation,
            new Request(['Authorization' => 'Bearer ' . $token], '{}'),
            new RemoteAddress(),
            new CollectingLogger()
        );
        self::assertInstanceOf(Connection::class, $this->connections->connection);

        return $plugin->afterIsAllowed(new Authorization(), false, RelayAuthorization::RESOURCE);
    }
}
