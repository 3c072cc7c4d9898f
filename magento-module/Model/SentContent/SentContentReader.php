<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SentContent;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\Decision;
use Byte8\SageAccounting\Model\Bridge\ExplainerInterface;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Bridge\TranslatorInterface;
use Byte8\SageAccounting\Model\DryRun\Explanation;
use Byte8\SageAccounting\Model\Outbox\DecisionDocument;
use Byte8\SageAccounting\Model\Outbox\OutboxEntry;
use Byte8\SageAccounting\Model\Outbox\OutboxRecord;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;

/**
 * Explains what was sent of a record: the stored event with the present settings.
 *
 * The plan that results is compared with the digest of the one that was sent.
 */
class SentContentReader
{
    public function __construct(
        private readonly TranslatorFactory $translators,
        private readonly SettingsRepository $settings
    ) {
    }

    /**
     * @param OutboxRecord[] $records of one record, newest first
     * @return SentContent[] in the order in which they were sent; none after a clean-up or without a core
     */
    public function of(array $records): array
    {
        $sent = [];
        foreach ($records as $record) {
            if ($record->entry->state === OutboxState::Delivered && $record->entry->eventJson !== null) {
                $sent[$record->entry->event->name->value] ??= $record->entry;
            }
        }
        $settings = $sent === [] ? null : $this->settings->document();
        if ($settings === null) {
            return [];
        }
        try {
            $core = $this->translators->create();

            return $core instanceof ExplainerInterface
                ? array_map(
                    fn (OutboxEntry $entry): SentContent => $this->content($core, $entry, $settings),
                    array_values(array_reverse($sent))
                )
                : [];
        } catch (BridgeException) {
            // The status says what the core lacks.
            return [];
        }
    }

    /**
     * @throws BridgeException
     */
    private function content(
        TranslatorInterface&ExplainerInterface $core,
        OutboxEntry $entry,
        string $settings
    ): SentContent {
        $event = (string) $entry->eventJson;
        $decision = $core->translate($event, $settings);
        $isAsSent = $decision->outcome === Decision::POST
            && hash('sha256', (new DecisionDocument($decision->json))->plan()) === $entry->contentDigest;

        return new SentContent(
            $entry->event->name->value,
            Explanation::fromJson($core->explainSections($event, $settings)),
            $isAsSent
        );
    }
}
