<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Bridge;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\ExtensionTranslator;
use Byte8\SageAccounting\Model\Bridge\SocketTranslator;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Tools\FakeSocketService;
use PHPUnit\Framework\TestCase;

/**
 * For a host that cannot translate, the error names exactly what is missing; the service replaces the extension.
 */
class TranslatorFactoryTest extends TestCase
{
    private const NO_SOCKET = '/nonexistent/translate.sock';
    private const VERSIONS = '{"event_schema":"1","settings_schema":"1","decision_schema":"1"}';

    public function testMissingExtensionAndServiceAreNamedWithTheWaysOut(): void
    {
        $exception = $this->refusalOf(new TranslatorFactory('byte8_nowhere', 'Nothing', self::NO_SOCKET));

        self::assertSame(BridgeException::TRANSLATOR_MISSING, $exception->errorCode);
        self::assertStringContainsString('byte8_nowhere is not loaded in PHP ' . PHP_VERSION, $exception->getMessage());
        self::assertStringContainsString(self::NO_SOCKET, $exception->getMessage());
        self::assertStringContainsString('extension=byte8_nowhere', $exception->suggestion);
        self::assertStringContainsString('sage-translate.socket', $exception->suggestion);
        self::assertFalse($exception->concernsOneDocument());
    }

    public function testEveryReasonHasItsOwnCode(): void
    {
        $reasons = (new TranslatorFactory('json', 'Byte8\\Sage\\Nowhere', self::NO_SOCKET))->unavailableReasons();

        self::assertSame([TranslatorFactory::BY_EXTENSION, TranslatorFactory::BY_SOCKET], array_keys($reasons));
        self::assertSame(BridgeException::EXTENSION_INCOMPLETE, $reasons['extension']?->errorCode);
        self::assertStringContainsString('Byte8\\Sage\\Nowhere', $reasons['extension']->getMessage());
        self::assertSame(BridgeException::SOCKET_UNREACHABLE, $reasons['socket']?->errorCode);
    }

    public function testServiceIsTakenWhereTheExtensionIsMissing(): void
    {
        $service = FakeSocketService::answering([FakeSocketService::text(self::VERSIONS)]);
        $factory = new TranslatorFactory('byte8_nowhere', 'Nothing', $service->path());

        self::assertInstanceOf(SocketTranslator::class, $factory->create());
    }

    public function testServiceOfAnotherReleaseIsRefused(): void
    {
        $service = FakeSocketService::answering([FakeSocketService::text('{"event_schema":"2"}')]);
        $factory = new TranslatorFactory('byte8_nowhere', 'Nothing', $service->path());

        $obstacle = $factory->unavailableReasons()['socket'];
        self::assertSame(BridgeException::VERSION_MISMATCH, $obstacle?->errorCode);
        self::assertStringContainsString('event_schema 2', $obstacle->getMessage());
    }

    public function testConstructorsNameNoClassOfTheExtension(): void
    {
        foreach ((new \ReflectionMethod(ExtensionTranslator::class, '__construct'))->getParameters() as $parameter) {
            self::assertStringNotContainsString('Byte8\\Sage\\', (string) $parameter->getType());
        }
    }

    private function refusalOf(TranslatorFactory $factory): BridgeException
    {
        try {
            $factory->create();
        } catch (BridgeException $exception) {
            return $exception;
        }
        self::fail('A host without a translator was accepted.');
    }
}
