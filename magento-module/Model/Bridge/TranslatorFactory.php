<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Bridge;

/**
 * Gives the translator this host can offer, or says exactly what is missing.
 *
 * Without one, documents stay captured in the outbox and nothing is lost.
 */
class TranslatorFactory
{
    public const EXTENSION = 'byte8_sage';
    public const TRANSLATOR_CLASS = 'Byte8\\Sage\\Translator';

    public function __construct(
        private readonly string $extension = self::EXTENSION,
        private readonly string $translatorClass = self::TRANSLATOR_CLASS
    ) {
    }

    /**
     * @throws BridgeException saying what is missing on this host
     */
    public function create(): TranslatorInterface
    {
        if (!extension_loaded($this->extension)) {
            throw new BridgeException(
                BridgeException::EXTENSION_MISSING,
                sprintf('the PHP extension %s is not loaded in PHP %s (%s)', $this->extension, PHP_VERSION, PHP_SAPI),
                '',
                sprintf(
                    'install it for this PHP and add "extension=%s" to %s',
                    $this->extension,
                    php_ini_loaded_file() ?: 'php.ini'
                )
            );
        }
        if (!class_exists($this->translatorClass, false)) {
            throw new BridgeException(
                BridgeException::EXTENSION_INCOMPLETE,
                sprintf('the loaded extension %s has no class %s', $this->extension, $this->translatorClass),
                '',
                'install the release of the extension that belongs to this module'
            );
        }

        return new ExtensionTranslator();
    }
}
