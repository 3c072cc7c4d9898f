<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Bridge;

/**
 * Calls the core through the PHP extension byte8_sage.
 *
 * The extension's classes are named only inside method bodies: Magento's compiler reflects every constructor, and
 * the module must compile where the extension is not installed.
 */
class ExtensionTranslator implements TranslatorInterface, ExplainerInterface
{
    /** The loaded component; kept because loading it is slow. It holds no data of documents. */
    private ?object $translator = null;

    /**
     * @param ?string $componentPath precompiled component; null for the one php.ini names
     */
    public function __construct(private readonly ?string $componentPath = null)
    {
    }

    public function translate(string $event, string $settings): Decision
    {
        try {
            $decision = $this->translator()->translate($event, $settings);
        } catch (\Byte8\Sage\TranslatorException $exception) {
            throw $this->asBridgeException($exception);
        }

        return new Decision(
            $decision->outcome,
            $decision->code,
            $decision->pointer,
            $decision->message,
            $decision->suggestion,
            $decision->json
        );
    }

    public function describe(): array
    {
        try {
            return $this->translator()->describe();
        } catch (\Byte8\Sage\TranslatorException $exception) {
            throw $this->asBridgeException($exception);
        }
    }

    public function explain(string $event, string $settings): string
    {
        try {
            return $this->translator()->explain($event, $settings);
        } catch (\Byte8\Sage\TranslatorException $exception) {
            throw $this->asBridgeException($exception);
        }
    }

    public function explainSections(string $event, string $settings): string
    {
        try {
            return $this->translator()->explainSections($event, $settings);
        } catch (\Byte8\Sage\TranslatorException $exception) {
            throw $this->asBridgeException($exception);
        }
    }

    public function validateSettings(string $settings, ?string $tier = null): string
    {
        try {
            return $this->translator()->validateSettings($settings, $tier);
        } catch (\Byte8\Sage\TranslatorException $exception) {
            throw $this->asBridgeException($exception);
        }
    }

    public function explainReply(string $reply, string $plan, ?string $step = null): string
    {
        try {
            return $this->translator()->explainReply($reply, $plan, $step);
        } catch (\Byte8\Sage\TranslatorException $exception) {
            throw $this->asBridgeException($exception);
        }
    }

    private function translator(): \Byte8\Sage\Translator
    {
        return $this->translator ??= new \Byte8\Sage\Translator($this->componentPath);
    }

    private function asBridgeException(\Byte8\Sage\TranslatorException $exception): BridgeException
    {
        return new BridgeException(
            $exception->errorCode,
            $exception->getMessage(),
            $exception->pointer,
            $exception->suggestion,
            $exception
        );
    }
}
