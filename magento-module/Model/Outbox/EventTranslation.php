<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\Decision;
use Byte8\SageAccounting\Model\Bridge\TranslatorInterface;
use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\EventBuilder;
use Byte8\SageAccounting\Model\Canonical\Source\EventSourceInterface;

/**
 * Takes captured rows through the builder and the core, and writes down what was decided.
 *
 * When the host cannot translate, rows go back unclaimed and stay captured: nothing is lost, nothing is blamed on
 * the document. Only a document that is too much for the host is set aside, so that it cannot hold up the others.
 * Delivery is somebody else's work.
 */
class EventTranslation
{
    /** Code of a rejection by the builder: the row itself is damaged, so the core was never asked. */
    public const DAMAGED_ROW = 'magento_row_damaged';

    public function __construct(
        private readonly OutboxStoreInterface $store,
        private readonly EventBuilder $builder,
        private readonly EventSourceInterface $source
    ) {
    }

    /**
     * @return int number of rows decided
     * @throws BridgeException when this host cannot translate at all
     */
    public function run(
        TranslatorInterface $translator,
        string $settings,
        string $token,
        int $limit,
        \DateTimeImmutable $now
    ): int {
        $decided = 0;
        $claimed = $this->store->claimForTranslation($token, $limit, $now);
        foreach ($claimed as $position => $entry) {
            try {
                $next = $this->decide($entry, $translator, $settings);
            } catch (\Throwable $exception) {
                foreach (array_slice($claimed, $position) as $untouched) {
                    $this->store->replace($untouched, $untouched->released());
                }
                throw $exception;
            }
            $decided += $this->store->replace($entry, $next->released()) ? 1 : 0;
        }

        return $decided;
    }

    private function decide(OutboxEntry $entry, TranslatorInterface $translator, string $settings): OutboxEntry
    {
        try {
            $event = $this->builder->build($entry->event, $this->source);
        } catch (CanonicalDataException $damage) {
            return $this->rejected(
                $entry,
                self::DAMAGED_ROW,
                $damage->field,
                $damage->getMessage(),
                'Look at this record in Magento, then translate it again.'
            );
        }
        try {
            return $this->decided($entry, $event, $translator->translate($event, $settings));
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

    private function decided(OutboxEntry $entry, string $event, Decision $decision): OutboxEntry
    {
        $transition = match ($decision->outcome) {
            Decision::POST => OutboxTransition::Freeze,
            Decision::SKIP => OutboxTransition::Skip,
            Decision::REJECT => OutboxTransition::Reject,
        };
        $plan = $transition === OutboxTransition::Freeze ? PlanText::ofDecision($decision->json) : null;

        return $entry->after($transition, [
            'eventJson' => $event,
            'planJson' => $plan,
            'contentDigest' => hash('sha256', $plan ?? $event),
            'reasonCode' => $decision->code,
            'reasonPointer' => $decision->pointer,
            'reasonMessage' => $decision->message,
            'reasonSuggestion' => $decision->suggestion,
        ]);
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
