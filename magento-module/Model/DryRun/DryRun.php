<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\DryRun;

use Byte8\SageAccounting\Model\Backfill\BackfillFilter;
use Byte8\SageAccounting\Model\Backfill\BackfillRows;
use Byte8\SageAccounting\Model\Backfill\EntityEvents;
use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\Decision;
use Byte8\SageAccounting\Model\Bridge\ExplainerInterface;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Bridge\TranslatorInterface;
use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\EventBuilder;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\Source\EventSourceInterface;
use Byte8\SageAccounting\Model\Outbox\DecisionDocument;
use Byte8\SageAccounting\Model\Outbox\EventTranslation;
use Byte8\SageAccounting\Model\Outbox\TranslationRun;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;

/**
 * Shows what the ledger would get with the current settings. Queues nothing and sends nothing.
 */
class DryRun
{
    private const ROWS = 50;
    private const NO_SEQUENCE = 0;

    public function __construct(
        private readonly BackfillRows $rows,
        private readonly EntityEvents $events,
        private readonly EventBuilder $builder,
        private readonly EventSourceInterface $source,
        private readonly TranslatorFactory $translators,
        private readonly SettingsRepository $settings
    ) {
    }

    /**
     * The decision on each event of an entity, as readable pages.
     *
     * @return array<string, string> plain text by idempotency key
     * @throws BridgeException when the core is not available or there are no settings
     */
    public function pages(string $entityType, int $entityId): array
    {
        return $this->explained(
            $entityType,
            $entityId,
            static fn (ExplainerInterface $core, string $event, string $settings): string =>
                $core->explain($event, $settings),
            static fn (string $damage): string => $damage
        );
    }

    /**
     * The same, for a page that lays it out.
     *
     * @return array<string, Explanation> by idempotency key
     * @throws BridgeException when the core is not available or there are no settings
     */
    public function explanations(string $entityType, int $entityId): array
    {
        return $this->explained(
            $entityType,
            $entityId,
            static fn (ExplainerInterface $core, string $event, string $settings): Explanation =>
                Explanation::fromJson($core->explainSections($event, $settings)),
            static fn (string $damage): Explanation => new Explanation($damage)
        );
    }

    /**
     * @template T
     * @param \Closure(ExplainerInterface, string, string): T $explain
     * @param \Closure(string): T $ofDamage for a record that cannot be read
     * @return array<string, T> by idempotency key
     */
    private function explained(string $entityType, int $entityId, \Closure $explain, \Closure $ofDamage): array
    {
        $translator = $this->translators->create();
        if (!$translator instanceof ExplainerInterface) {
            throw new BridgeException('explainer_missing', 'This translator cannot explain its decisions.', '', '');
        }
        $settings = $this->settings();
        $pages = [];
        foreach ($this->rows->next($entityType, new BackfillFilter([$entityId]), 0, 1) as $row) {
            foreach ($this->events->of($entityType, $row) as $name) {
                try {
                    $page = $explain($translator, $this->event($name, $entityId), $settings);
                } catch (CanonicalDataException $damage) {
                    $page = $ofDamage(EventTranslation::DAMAGED_ROW . ' ' . $damage->getMessage());
                }
                $pages[$name->keyFor($entityId)] = $page;
            }
        }

        return $pages;
    }

    public function count(string $entityType, BackfillFilter $filter): int
    {
        return $this->rows->count($entityType, $filter);
    }

    /**
     * @return \Generator<int, DryRunLine>
     * @throws BridgeException when the core is not available or there are no settings
     */
    public function lines(string $entityType, BackfillFilter $filter): \Generator
    {
        $translator = $this->translators->create();
        $settings = $this->settings();
        $afterId = 0;
        while (($page = $this->rows->next($entityType, $filter, $afterId, self::ROWS)) !== []) {
            foreach ($page as $row) {
                foreach ($this->events->of($entityType, $row) as $name) {
                    yield $this->line($name, $row['entity_id'], $translator, $settings);
                }
                $afterId = $row['entity_id'];
            }
        }
    }

    private function line(
        EventName $name,
        int $entityId,
        TranslatorInterface $translator,
        string $settings
    ): DryRunLine {
        $key = $name->keyFor($entityId);
        try {
            $event = $this->event($name, $entityId);
            $decision = $translator->translate($event, $settings);
        } catch (CanonicalDataException $damage) {
            return $this->refused($key, EventTranslation::DAMAGED_ROW, $damage->field, $damage->getMessage(), '');
        } catch (BridgeException $exception) {
            if (!$exception->concernsOneDocument()) {
                throw $exception;
            }

            return $this->refused(
                $key,
                $exception->errorCode,
                $exception->pointer,
                $exception->getMessage(),
                $exception->suggestion
            );
        }
        $document = json_decode($event, true)[$name->entityType()] ?? [];
        $expected = $decision->outcome === Decision::POST ? $this->expected($decision) : [];
        $parts = new DecisionDocument($decision->json);
        $warnings = json_decode($parts->warningsJson, true);

        return new DryRunLine(
            $key,
            (string) ($document['increment_id'] ?? $document['sku'] ?? $document['email'] ?? ''),
            $decision->outcome,
            $decision->code,
            $decision->pointer,
            $decision->message,
            $decision->suggestion,
            (string) ($expected['total_amount'] ?? ''),
            (string) ($expected['currency'] ?? ''),
            is_array($warnings) ? $warnings : [],
            $parts->vat
        );
    }

    private function refused(
        string $key,
        string $code,
        string $pointer,
        string $message,
        string $suggestion
    ): DryRunLine {
        return new DryRunLine($key, '', Decision::REJECT, $code, $pointer, $message, $suggestion, '', '', []);
    }

    /**
     * The total that the plan expects in the ledger's response; the first step that has one is the document's.
     *
     * @return array<string, string>
     */
    private function expected(Decision $decision): array
    {
        foreach (json_decode($decision->json, true)['plan']['steps'] ?? [] as $step) {
            if (isset($step['expect']['total_amount'])) {
                return $step['expect'];
            }
        }

        return [];
    }

    private function event(EventName $name, int $entityId): string
    {
        return $this->builder->build(new CapturedEvent($name, $entityId, self::NO_SEQUENCE), $this->source);
    }

    private function settings(): string
    {
        return $this->settings->document() ?? throw new BridgeException(
            TranslationRun::SETTINGS_ABSENT,
            TranslationRun::NO_SETTINGS,
            '',
            TranslationRun::FINISH_SET_UP
        );
    }
}
