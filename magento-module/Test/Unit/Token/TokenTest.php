<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Token;

use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Model\Token\Base64Url;
use Byte8\SageAccounting\Model\Token\DatabaseUsedTokens;
use Byte8\SageAccounting\Model\Token\DirectionKey;
use Byte8\SageAccounting\Model\Token\TokenRefusedException;
use Byte8\SageAccounting\Model\Token\TokenSigner;
use Byte8\SageAccounting\Model\Token\TokenVerifier;
use Byte8\SageAccounting\Test\Database\TestDatabase;
use Byte8\SageAccounting\Test\Fake\FixedClock;
use PHPUnit\Framework\TestCase;

/**
 * Tokens of both directions, with the replay cache on a real database.
 */
class TokenTest extends TestCase
{
    private FixedClock $clock;

    private Connection $connection;

    private DatabaseUsedTokens $used;

    protected function setUp(): void
    {
        $this->clock = new FixedClock();
        $this->connection = new Connection('https://relay.example', 'shop', 'right');
        $this->used = new DatabaseUsedTokens(TestDatabase::fresh()->tables);
    }

    public function testKeysAreTheOnesTheRelayDerives(): void
    {
        self::assertSame(
            'f4857f26a6beb12f80a1cca5e33bc087cf7be9a2af3c7642691d1b3852b0bccf',
            bin2hex(DirectionKey::outbound('right'))
        );
        self::assertNotSame(DirectionKey::outbound('right'), DirectionKey::inbound('right'));
    }

    public function testOurTokenLivesForAMinuteAndIsNeverTheSame(): void
    {
        $signer = new TokenSigner($this->clock);
        $parts = explode('.', $signer->sign($this->connection));
        $claims = json_decode((string) Base64Url::decode($parts[1]), true);

        $life = $claims['exp'] - $claims['iat'];
        self::assertSame(['shop', 'ledger-relay', 60], [$claims['iss'], $claims['aud'], $life]);
        self::assertNotSame($signer->sign($this->connection), $signer->sign($this->connection));
        self::assertSame(
            Base64Url::encode(hash_hmac('sha256', "$parts[0].$parts[1]", DirectionKey::outbound('right'), true)),
            $parts[2]
        );
    }

    public function testGoodTokenIsAcceptedOnce(): void
    {
        $token = $this->token();
        $this->verify($token);
        $this->expectExceptionMessage('token_used');

        $this->verify($token);
    }

    public function testForgottenOnlyAfterItHasExpired(): void
    {
        $this->verify($this->token());
        $now = $this->clock->now->getTimestamp();

        self::assertSame(0, $this->used->forgetExpired($now + 330));
        self::assertSame(1, $this->used->forgetExpired($now + 331));
    }

    /**
     * @return iterable<string, array{array<string, mixed>, string, string, string}>
     */
    public static function refused(): iterable
    {
        $now = (new FixedClock())->now->getTimestamp();
        $all = ['alg' => 'HS256'];
        yield 'other key' => [[], 'wrong', 'token_untrusted', 'HS256'];
        yield 'none' => [[], 'right', 'token_malformed', 'none'];
        yield 'other algorithm' => [[], 'right', 'token_malformed', 'HS512'];
        yield 'issuer' => [['iss' => 'shop'], 'right', 'token_wrong_issuer', $all['alg']];
        yield 'audience' => [['aud' => 'other'], 'right', 'token_wrong_audience', $all['alg']];
        yield 'no audience' => [['aud' => null], 'right', 'token_wrong_audience', $all['alg']];
        yield 'too long' => [['exp' => $now + 301], 'right', 'token_life_too_long', $all['alg']];
        yield 'backwards' => [['exp' => $now], 'right', 'token_life_too_long', $all['alg']];
        yield 'expired' => [['iat' => $now - 300, 'exp' => $now - 30], 'right', 'token_expired', $all['alg']];
        yield 'early' => [['iat' => $now + 31, 'exp' => $now + 60], 'right', 'token_not_yet_valid', $all['alg']];
        yield 'other body' => [['body' => hash('sha256', 'x')], 'right', 'token_wrong_body', $all['alg']];
        yield 'no id' => [['jti' => ''], 'right', 'token_malformed', $all['alg']];
        yield 'time as text' => [['exp' => (string) ($now + 9)], 'right', 'token_malformed', $all['alg']];
    }

    /**
     * @dataProvider refused
     * @param array<string, mixed> $change
     */
    public function testEverythingElseIsRefused(array $change, string $key, string $refusal, string $algorithm): void
    {
        $this->expectException(TokenRefusedException::class);
        $this->expectExceptionMessage($refusal);

        $this->verify($this->token($change, $key, $algorithm));
    }

    public function testWhatIsNoTokenIsRefused(): void
    {
        $texts = ['', 'a', 'a.b', 'a.b.c', '....', str_repeat('x', 5000), 'e30.e30.', 'bnVsbA.bnVsbA.bnVsbA'];
        foreach ($texts as $text) {
            try {
                $this->verify($text);
                self::fail('accepted: ' . $text);
            } catch (TokenRefusedException $exception) {
                self::assertSame('token_malformed', $exception->refusal);
            }
        }
    }

    public function testTokenOfTheOtherDirectionIsWorthless(): void
    {
        $this->expectExceptionMessage('token_untrusted');

        $this->verify((new TokenSigner($this->clock))->sign($this->connection));
    }

    private function verify(string $token): void
    {
        (new TokenVerifier($this->used, $this->clock))->verify($token, $this->connection, '{"items":[]}');
    }

    /**
     * @param array<string, mixed> $change
     */
    private function token(array $change = [], string $key = 'right', string $algorithm = 'HS256'): string
    {
        $now = $this->clock->now->getTimestamp();
        $claims = $change + [
            'iss' => 'ledger-relay',
            'aud' => 'shop',
            'iat' => $now,
            'exp' => $now + 300,
            'jti' => 'one',
            'body' => hash('sha256', '{"items":[]}'),
        ];
        $signed = Base64Url::encode((string) json_encode(['alg' => $algorithm])) . '.'
            . Base64Url::encode((string) json_encode($claims));

        return $signed . '.' . Base64Url::encode(hash_hmac('sha256', $signed, DirectionKey::inbound($key), true));
    }
}
