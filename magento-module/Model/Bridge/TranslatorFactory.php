<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Bridge;

/**
 * Creates the translator that this host has: the PHP extension, else the local service, else an exact error.
 *
 * Without one, documents stay captured in the outbox and nothing is lost.
 */
class TranslatorFactory
{
    public const EXTENSION = 'byte8_sage';
    public const TRANSLATOR_CLASS = 'Byte8\\Sage\\Translator';

    public const BY_EXTENSION = 'extension';
    public const BY_SOCKET = 'socket';

    /** Versions of the documents this module writes and reads. */
    private const VERSIONS = ['event_schema' => '1', 'settings_schema' => '1', 'decision_schema' => '1'];

    public function __construct(
        private readonly string $extension = self::EXTENSION,
        private readonly string $translatorClass = self::TRANSLATOR_CLASS,
        private readonly string $socketPath = SocketTranslator::DEFAULT_PATH
    ) {
    }

    /**
     * A translator that works and has this module's versions.
     *
     * @throws BridgeException naming what is missing on this host
     */
    public function create(): TranslatorInterface
    {
        $reasons = [];
        foreach ([self::BY_EXTENSION, self::BY_SOCKET] as $way) {
            try {
                return $this->open($way);
            } catch (BridgeException $exception) {
                $reasons[$way] = $exception;
            }
        }
        throw $this->noTranslator($reasons[self::BY_EXTENSION], $reasons[self::BY_SOCKET]);
    }

    /**
     * Why each of the two translators is unavailable; null for one that works. For a page about this host.
     *
     * @return array<string, ?BridgeException>
     */
    public function unavailableReasons(): array
    {
        $reasons = [];
        foreach ([self::BY_EXTENSION, self::BY_SOCKET] as $way) {
            try {
                $this->open($way);
                $reasons[$way] = null;
            } catch (BridgeException $exception) {
                $reasons[$way] = $exception;
            }
        }

        return $reasons;
    }

    /**
     * @throws BridgeException
     */
    private function open(string $way): TranslatorInterface
    {
        if ($way === self::BY_SOCKET) {
            $translator = new SocketTranslator($this->socketPath);
        } else {
            $this->requireExtension();
            $translator = new ExtensionTranslator();
        }
        $this->requireVersions($translator->describe());

        return $translator;
    }

    /**
     * @throws BridgeException
     */
    private function requireExtension(): void
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
    }

    /**
     * @param array<string, string> $description
     * @throws BridgeException
     */
    private function requireVersions(array $description): void
    {
        foreach (self::VERSIONS as $name => $version) {
            $found = $description[$name] ?? 'nothing';
            if ($found !== $version) {
                throw new BridgeException(
                    BridgeException::VERSION_MISMATCH,
                    sprintf('the translator has %s %s, this module needs %s', $name, $found, $version),
                    '',
                    'install module, extension and service of the same release'
                );
            }
        }
    }

    private function noTranslator(BridgeException $extension, BridgeException $socket): BridgeException
    {
        return new BridgeException(
            BridgeException::TRANSLATOR_MISSING,
            sprintf(
                'this host cannot translate documents; they wait, nothing is lost. Extension: %s. Service: %s',
                $extension->getMessage(),
                $socket->getMessage()
            ),
            '',
            sprintf('one of the two is enough: %s; or %s', $extension->suggestion, $socket->suggestion),
            $extension
        );
    }
}
