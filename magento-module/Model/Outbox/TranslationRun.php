<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Bridge\TranslatorInterface;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\Status\Problems;

/**
 * Translates captured rows until there are none or the time is up. They wait without settings or core, and until the
 * merchant goes live in the ledger.
 */
class TranslationRun
{
    /** Kept because opening it takes longer than a translation. It holds no data of documents. */
    private ?TranslatorInterface $translator = null;

    public const SETTINGS_ABSENT = 'settings_absent';
    public const NO_SETTINGS = 'The settings have not been fetched from the relay yet.';
    public const FINISH_SET_UP = 'Connect this shop and finish the set-up in the ledger. Cron then fetches them.';

    private const ROWS_AT_ONCE = 200;

    public function __construct(
        private readonly EventTranslation $translation,
        private readonly TranslatorFactory $translators,
        private readonly SettingsRepository $settings,
        private readonly Problems $problems,
        private readonly Clock $clock
    ) {
    }

    public function run(\DateTimeImmutable $until): TranslationReport
    {
        $report = $this->guarded(function (string $settings) use ($until): int {
            $translator = $this->translator();
            $translated = 0;
            do {
                $token = bin2hex(random_bytes(16));
                $now = $this->clock->now();
                $step = $this->translation->run($translator, $settings, $token, self::ROWS_AT_ONCE, $now);
                $translated += $step;
            } while ($step > 0 && $this->clock->now() < $until);

            return $translated;
        });
        if ($report->problemCode === '') {
            // Only here, so that a merchant's save does not pay for it.
            $this->problems->clear(Problems::TRANSLATION);
        }

        return $report;
    }

    /**
     * Translates the captured rows of one document.
     */
    public function runFor(string $entityType, int $entityId): TranslationReport
    {
        return $this->guarded(fn (string $settings): int => $this->translation->runFor(
            $entityType,
            $entityId,
            $this->translator(),
            $settings
        ));
    }

    /**
     * @param \Closure(string): int $work
     */
    private function guarded(\Closure $work): TranslationReport
    {
        if (!$this->settings->isLive()) {
            return new TranslationReport(0);
        }
        $settings = $this->settings->document();
        if ($settings === null) {
            return $this->stopped(
                self::SETTINGS_ABSENT,
                self::NO_SETTINGS,
                self::FINISH_SET_UP
            );
        }
        try {
            $translated = $work($settings);
        } catch (BridgeException $exception) {
            $this->translator = null;

            return $this->stopped($exception->errorCode, $exception->getMessage(), $exception->suggestion);
        }

        return new TranslationReport($translated);
    }

    /**
     * @throws BridgeException
     */
    private function translator(): TranslatorInterface
    {
        return $this->translator ??= $this->translators->create();
    }

    private function stopped(string $code, string $message, string $suggestion): TranslationReport
    {
        $this->problems->record(Problems::TRANSLATION, $code, $message, $suggestion);

        return new TranslationReport(0, $code, $message, $suggestion);
    }
}
