<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\Decision;
use Byte8\SageAccounting\Model\Bridge\TranslatorInterface;
use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\EventBuilder;
use Byte8\SageAccounting\Model\Canonical\Source\CachingEventSource;
use Byte8\SageAccounting\Model\Canonical\Source\EventSourceInterface;
use Byte8\SageAccounting\Model\SyncState\SyncStateRecorder;

/**
 * Translates captured rows: builds the event, asks the core and stores the decision.
 *
 * If this host cannot translate, the rows are released and stay captured, so nothing is lost. Only a document that
 * exceeds the host's limits is rejected, so that it cannot block the others.
 */
class EventTranslation
{
    /** Code of a rejection by the builder: the row itself is damaged, so the core was not called. */
    public const DAMAGED_ROW = 'magento_row_damaged';

    /** Code of a rejection because Magento itself, or another module, failed while this record was read. */
    public const READING_FAILED = 'magento_read_failed';

    public function __construct(
        private readonly OutboxStoreInterface $store,
        private readonly EventBuilder $builder,
        private readonly EventSourceInterface $source,
        private readonly SyncStateRecorder $recorder
    ) {
    }

    /**
     * @return int number of rows translated
     * @throws BridgeException when this host cannot translate at all
     */
    public function run(
        TranslatorInterface $translator,
        string $settings,
        string $token,
        int $limit,
        \DateTimeImmutable $now
    ): int {
        return $this->translateAll($this->store->claimForTranslation($token, $limit, $now), $translator, $settings);
    }

    /**
     * Translates the rows of one document right after its transaction: one read, no claim, one transaction to write.
     *
     * Cron may translate the same rows at the same time. The core has no side effects, and the first writer wins.
     *
     * @return int number of rows translated
     * @throws BridgeException when this host cannot translate at all
     */
    public function runFor(
        string $entityType,
        int $entityId,
        TranslatorInterface $translator,
        string $settings
    ): int {
        $entries = $this->store->capturedOf($entityType, $entityId);
        $source = $this->sourceFor($entries);
        $translated = [];
        foreach ($entries as $entry) {
            $next = $this->translateEntry($entry, $source, $translator, $settings, $translated);
            $translated[] = [$entry, $next];
        }

        return $this->write($translated);
    }

    /**
     * Reads and writes all rows together, with a fixed number of statements.
     *
     * @param OutboxEntry[] $claimed
     */
    private function translateAll(array $claimed, TranslatorInterface $translator, string $settings): int
    {
        $translated = [];
        try {
            try {
                $source = $this->sourceFor($claimed);
                foreach ($claimed as $entry) {
                    $next = $this->translateEntry($entry, $source, $translator, $settings, $translated);
                    $translated[] = [$entry, $next->released()];
                }
            } finally {
                $written = $this->write($translated);
            }
        } catch (\Throwable $exception) {
            // Rows that were written have no claim any more, and stay as they are.
            $this->store->replaceAll(array_map(
                static fn (OutboxEntry $entry): array => [$entry, $entry->released()],
                $claimed
            ));
            throw $exception;
        }

        return $written;
    }

    /**
     * @param OutboxEntry[] $entries
     */
    private function sourceFor(array $entries): CachingEventSource
    {
        $events = array_map(static fn (OutboxEntry $entry): CapturedEvent => $entry->event, $entries);

        return new CachingEventSource($this->source, $events);
    }

    /**
     * @param array<int, array{OutboxEntry, OutboxEntry}> $translated rows before and after
     * @return int number of rows written; another process may have been first
     */
    private function write(array $translated): int
    {
        if (count($translated) === 1 && $this->isMirrored(...$translated[0])) {
            return $this->store->replace(...$translated[0]) ? 1 : 0;
        }
        $written = [];
        if ($translated !== []) {
            $this->store->inTransaction(function () use ($translated, &$written): void {
                $written = $this->store->replaceAll($translated);
                $shown = array_filter($written, fn (array $change): bool => !$this->isMirrored(...$change));
                $this->recorder->record(...array_column($shown, 1));
            });
        }

        return count($written);
    }

    /**
     * Whether the mirror already shows the right status: pending since the document was captured.
     *
     * For a customer or product, the result of an earlier edit may have arrived in between.
     */
    private function isMirrored(OutboxEntry $entry, OutboxEntry $next): bool
    {
        return $next->state === OutboxState::Ready && $entry->isNew() && !$entry->event->name->isUpsert();
    }

    /**
     * @param array<int, array{OutboxEntry, OutboxEntry}> $earlier rows that were translated before this one and are
     *     not written yet
     */
    private function translateEntry(
        OutboxEntry $entry,
        EventSourceInterface $source,
        TranslatorInterface $translator,
        string $settings,
        array $earlier
    ): OutboxEntry {
        try {
            $event = $this->builder->build($entry->event, $source);
        } catch (CanonicalDataException $damage) {
            return $this->rejected(
                $entry,
                self::DAMAGED_ROW,
                $damage->field,
                $damage->getMessage(),
                'Check this record in Magento, then requeue the event.'
            );
        } catch (\PDOException | \Zend_Db_Exception $exception) {
            throw $exception;
        } catch (\Throwable $exception) {
            return $this->rejected(
                $entry,
                self::READING_FAILED,
                '',
                $exception->getMessage(),
                'Magento could not read this record. See its exception log, then requeue the event.'
            );
        }
        try {
            return $this->apply($entry, $event, $translator->translate($event, $settings), $earlier);
        } catch (BridgeException $exception) {
            if (!$exception->concernsOneDocument()) {
                throw $exception;
            }

            return $this->rejected(
                $entry,
                $exception->errorCode,
                $exception->pointer,
                $exception->getMessage(),
                $exception->suggestion
            );
        }
    }

    /**
     * @param array<int, array{OutboxEntry, OutboxEntry}> $earlier
     */
    private function apply(OutboxEntry $entry, string $event, Decision $decision, array $earlier): OutboxEntry
    {
        $text = new DecisionDocument($decision->json);
        $event = DecisionDocument::storable($event);
        $changes = [
            'eventJson' => $event,
            'contentDigest' => hash('sha256', $event),
            'reasonCode' => $decision->code,
            'reasonPointer' => $decision->pointer,
            'reasonMessage' => $decision->message,
            'reasonSuggestion' => $decision->suggestion,
            'firedRules' => $text->firedRules,
            'warningsJson' => $text->warningsJson,
        ];

        return match ($decision->outcome) {
            Decision::POST => $this->frozen($entry, $text->plan(), $changes, $earlier),
            Decision::SKIP => $entry->after(OutboxTransition::Skip, $changes),
            Decision::REJECT => $entry->after(OutboxTransition::Reject, $changes),
        };
    }

    /**
     * @param array<string, mixed> $changes
     * @param array<int, array{OutboxEntry, OutboxEntry}> $earlier
     */
    private function frozen(OutboxEntry $entry, string $plan, array $changes, array $earlier): OutboxEntry
    {
        $fingerprint = DecisionDocument::fingerprint($plan);
        $changesNothing = $entry->event->name->isUpsert()
            && !$entry->isForced
            && $this->earlierFingerprint($entry, $earlier) === $fingerprint;
        if ($changesNothing) {
            return $entry->after(OutboxTransition::Skip, [
                'reasonCode' => SyncStateRecorder::UNCHANGED,
                'reasonMessage' => 'Nothing changed that is stored in Sage.',
            ] + $changes);
        }

        return $entry->after(OutboxTransition::Freeze, [
            'planJson' => $plan,
            'contentDigest' => hash('sha256', $plan),
            'fingerprint' => $fingerprint,
        ] + $changes);
    }

    /**
     * @param array<int, array{OutboxEntry, OutboxEntry}> $earlier
     */
    private function earlierFingerprint(OutboxEntry $entry, array $earlier): ?string
    {
        foreach (array_reverse($earlier) as [, $next]) {
            $isSameEntity = $next->event->entityId === $entry->event->entityId
                && $next->event->name->entityType() === $entry->event->name->entityType();
            if ($isSameEntity && $next->state !== OutboxState::Skipped) {
                return $next->fingerprint;
            }
        }

        return $this->store->earlierFingerprint($entry);
    }

    private function rejected(
        OutboxEntry $entry,
        string $code,
        string $pointer,
        string $message,
        string $suggestion
    ): OutboxEntry {
        return $entry->after(OutboxTransition::Reject, [
            'reasonCode' => $code,
            'reasonPointer' => $pointer,
            'reasonMessage' => $message,
            'reasonSuggestion' => $suggestion,
        ]);
    }
}
