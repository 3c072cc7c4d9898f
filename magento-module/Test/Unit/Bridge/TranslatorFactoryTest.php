<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Bridge;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\ExtensionTranslator;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use PHPUnit\Framework\TestCase;

/**
 * A host that cannot translate is told exactly what it lacks.
 */
class TranslatorFactoryTest extends TestCase
{
    public function testMissingExtensionIsNamedWithTheWayOut(): void
    {
        $exception = $this->refusalOf(new TranslatorFactory('byte8_nowhere'));

        self::assertSame(BridgeException::EXTENSION_MISSING, $exception->errorCode);
        self::assertStringContainsString('byte8_nowhere is not loaded in PHP ' . PHP_VERSION, $exception->getMessage());
        self::assertStringContainsString('extension=byte8_nowhere', $exception->suggestion);
    }

    public function testExtensionWithoutTheClassIsNamed(): void
    {
        $exception = $this->refusalOf(new TranslatorFactory('json', 'Byte8\\Sage\\Nowhere'));

        self::assertSame(BridgeException::EXTENSION_INCOMPLETE, $exception->errorCode);
        self::assertStringContainsString('Byte8\\Sage\\Nowhere', $exception->getMessage());
    }

    public function testTranslatorIsOpenedOnlyWhenAsked(): void
    {
        $translator = (new TranslatorFactory('json', \stdClass::class))->create();

        self::assertInstanceOf(ExtensionTranslator::class, $translator);
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
        self::fail('A host without the extension was accepted.');
    }
}
