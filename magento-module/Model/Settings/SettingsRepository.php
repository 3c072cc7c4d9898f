<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Settings;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\ExplainerInterface;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\KeyValue\KeyValueStoreInterface;
use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Relay\RelayException;

/**
 * Stores the relay's settings document, byte for byte, so that translation needs no network.
 *
 * Without settings nothing is translated, and events wait.
 */
class SettingsRepository
{
    public const DOCUMENT = 'settings.document';
    private const PROBLEMS = 'settings.problems';
    public const PULLED_AT = 'settings.pulled_at';

    public function __construct(
        private readonly KeyValueStoreInterface $values,
        private readonly RelayClientInterface $relay,
        private readonly TranslatorFactory $translators,
        private readonly Clock $clock
    ) {
    }

    /**
     * The settings document, or null while none was pulled.
     */
    public function document(): ?string
    {
        return $this->values->get(self::DOCUMENT);
    }

    public function digest(): string
    {
        $document = $this->document();

        return $document === null ? '' : hash('sha256', $document);
    }

    /**
     * When the settings were last fetched or confirmed, UTC in ISO 8601; null for never.
     */
    public function pulledAt(): ?string
    {
        return $this->values->get(self::PULLED_AT);
    }

    /**
     * The problems that the core finds in the settings.
     *
     * @return array<int, array{code: string, pointer: string, message: string, suggestion: string}>
     */
    public function problems(): array
    {
        $problems = json_decode((string) $this->values->get(self::PROBLEMS), true);

        return is_array($problems) ? $problems : [];
    }

    /**
     * Asks the relay for newer settings.
     *
     * @return bool whether they changed
     * @throws RelayException
     */
    public function pull(): bool
    {
        $answer = $this->relay->settings($this->digest());
        if (!$answer->isLive) {
            // Before the settings are stored, so that no save is translated in between.
            $this->setLive(false);
        }
        if ($answer->json !== null) {
            $this->replaceWith($answer->json);
        }
        if ($answer->isLive) {
            $this->setLive(true);
        }
        $this->values->set(self::PULLED_AT, $this->clock->now()->format(\DATE_ATOM));

        return $answer->json !== null;
    }

    /**
     * Whether the merchant went live in the ledger.
     */
    public function isLive(): bool
    {
        return (new LiveState($this->values))->isLive();
    }

    public function setLive(bool $isLive): void
    {
        LiveState::store($this->values, $isLive);
    }

    /**
     * Replaces the settings, with those of the relay or, for a trial, with others.
     *
     * @throws RelayException when it is no JSON object
     */
    public function replaceWith(string $json): void
    {
        if (!is_array(json_decode($json, true)) || !str_starts_with(ltrim($json), '{')) {
            throw new RelayException(RelayException::RESPONSE_UNREADABLE, 'The settings are not a JSON object.');
        }
        $this->values->set(self::PROBLEMS, $this->problemsOf($json));
        OrderSetting::store($this->values, $json);
        $this->values->set(self::DOCUMENT, $json);
    }

    public function forget(): void
    {
        foreach ([self::DOCUMENT, self::PROBLEMS, self::PULLED_AT] as $name) {
            $this->values->remove($name);
        }
        OrderSetting::forget($this->values);
        LiveState::forget($this->values);
    }

    private function problemsOf(string $json): string
    {
        try {
            $translator = $this->translators->create();

            return $translator instanceof ExplainerInterface ? $translator->validateSettings($json) : '[]';
        } catch (BridgeException) {
            // Problems of the host are shown elsewhere.
            return '[]';
        }
    }
}
