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
use Byte8\SageAccounting\Model\Canonical\Source\CachingEventSource;
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
    private const ROWS = 200;
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
            foreach ($this->events->of($entityType, [$row])[$entityId] as $name) {
                try {
                    $event = $this->builder->build($this->event($name, $entityId), $this->source);
                    $page = $explain($translator, $event, $settings);
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
            $events = [];
            foreach ($this->events->of($entityType, $page) as $id => $names) {
                foreach ($names as $name) {
                    $events[] = $this->event($name, $id);
                }
                $afterId = $id;
            }
            $source = new CachingEventSource($this->source, $events);
            foreach ($events as $event) {
                yield $this->line($event, $source, $translator, $settings);
            }
        }
    }

    private function line(
        CapturedEvent $captured,
        EventSourceInterface $source,
        TranslatorInterface $translator,
        string $settings
    ): DryRunLine {
        $key = $captured->key();
        try {
            $event = $this->builder->build($captured, $source);
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
        $parts = new DecisionDocument($decision->json);
        $expected = $decision->outcome === Decision::POST ? $parts->expected() : [];
        $warnings = json_decode($parts->warningsJson, true);

        return new DryRunLine(
            $key,
            $this->incrementId($captured, $event, $source),
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
     * What people call the record: the number of a document, the SKU of a product, a customer's e-mail address.
     */
    private function incrementId(CapturedEvent $captured, string $event, EventSourceInterface $source): string
    {
        $type = $captured->name->entityType();
        if ($type !== 'customer' && $type !== 'product') {
            return (string) $source->salesDocument($captured)->document->text('increment_id');
        }
        $record = json_decode($event, true)[$type] ?? [];

        return (string) ($record['sku'] ?? $record['email'] ?? '');
    }

    private function event(EventName $name, int $entityId): CapturedEvent
    {
        return new CapturedEvent($name, $entityId, self::NO_SEQUENCE);
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
