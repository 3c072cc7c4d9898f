<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Bridge;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\SocketTranslator;
use Byte8\SageAccounting\Tools\FakeSocketService;
use PHPUnit\Framework\TestCase;

/**
 * Whatever the service does, the caller gets its own response or one clear exception.
 */
class SocketTranslatorTest extends TestCase
{
    public function testDecisionHasTheServicesFields(): void
    {
        $header = [
            'answer' => 'reject', 'code' => 'c', 'pointer' => '/p', 'message' => 'm', 'suggestion' => 's', 'bytes' => 7,
        ];
        $service = FakeSocketService::answering([FakeSocketService::answer($header, '{"a":1}')]);

        $decision = (new SocketTranslator($service->path()))->translate('{}', '{}');

        self::assertSame(
            ['reject', 'c', '/p', 'm', 's', '{"a":1}'],
            [
                $decision->outcome, $decision->code, $decision->pointer,
                $decision->message, $decision->suggestion, $decision->json,
            ]
        );
    }

    public function testOneConnectionCarriesManyQuestions(): void
    {
        $service = FakeSocketService::answering(array_map(FakeSocketService::text(...), ['one', '', "two\nlines"]));
        $translator = new SocketTranslator($service->path());

        self::assertSame('one', $translator->explain('{}', '{}'));
        self::assertSame('', $translator->validateSettings('{}'));
        self::assertSame("two\nlines", $translator->explainReply('', ''));
    }

    public function testConnectionThatTheServiceClosedIsOpenedAgain(): void
    {
        $service = FakeSocketService::answering([
            FakeSocketService::text('one'), FakeSocketService::HANG_UP, FakeSocketService::text('two'),
        ]);
        $translator = new SocketTranslator($service->path());

        self::assertSame('one', $translator->explain('{}', '{}'));
        self::assertSame('two', $translator->explain('{}', '{}'));
    }

    public function testServiceThatOnlyHangsUpIsBroken(): void
    {
        $service = FakeSocketService::answering([FakeSocketService::HANG_UP, FakeSocketService::HANG_UP]);

        $translator = new SocketTranslator($service->path());
        $this->assertRefused(BridgeException::SOCKET_BROKEN, $translator, 'without an answer');
    }

    public function testHalfAnAnswerIsNone(): void
    {
        $half = FakeSocketService::answer(['answer' => 'text', 'bytes' => 10], 'half');
        $service = FakeSocketService::answering([$half]);

        $translator = new SocketTranslator($service->path(), 1);
        $this->assertRefused(BridgeException::SOCKET_BROKEN, $translator, 'within 1 seconds');
    }

    public function testServiceThatSaysNothingIsGivenUp(): void
    {
        $service = FakeSocketService::answering([FakeSocketService::SILENCE]);

        $translator = new SocketTranslator($service->path(), 1);
        $this->assertRefused(BridgeException::SOCKET_BROKEN, $translator, 'within 1 seconds');
    }

    public function testSomethingElseOnTheSocketIsNamed(): void
    {
        foreach (["HTTP/1.1 200 OK\r\n", "{}\n", "{\"answer\":1}\n"] as $line) {
            $service = FakeSocketService::answering([$line]);

            $translator = new SocketTranslator($service->path());
            $this->assertRefused(BridgeException::SOCKET_BROKEN, $translator, 'cannot be read');
        }
    }

    public function testErrorOfTheServiceKeepsItsCode(): void
    {
        $header = ['answer' => 'error', 'code' => 'fuel_exhausted', 'message' => 'used up', 'suggestion' => 'raise it'];
        $service = FakeSocketService::answering([FakeSocketService::answer($header), FakeSocketService::text('next')]);
        $translator = new SocketTranslator($service->path());

        $exception = $this->assertRefused('fuel_exhausted', $translator, 'used up');
        self::assertSame('raise it', $exception->suggestion);
        self::assertTrue($exception->concernsOneDocument());
        self::assertSame('next', $translator->explain('{}', '{}'));
    }

    public function testNobodyAtTheSocketIsToldWithTheWayOut(): void
    {
        $path = '/nonexistent/translate.sock';
        $translator = new SocketTranslator($path);

        $exception = $this->assertRefused(BridgeException::SOCKET_UNREACHABLE, $translator, $path);
        self::assertStringContainsString('sage-translate.socket', $exception->suggestion);
        self::assertFalse($exception->concernsOneDocument());
    }

    private function assertRefused(string $code, SocketTranslator $translator, string $part): BridgeException
    {
        try {
            $translator->translate('{}', '{}');
        } catch (BridgeException $exception) {
            self::assertSame($code, $exception->errorCode, $exception->getMessage());
            self::assertStringContainsString($part, $exception->getMessage());

            return $exception;
        }
        self::fail('An answer was made up.');
    }
}
