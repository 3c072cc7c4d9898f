<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Reason\Reason;
use Byte8\SageAccounting\Model\Reason\ReasonCatalog;
use Byte8\SageAccounting\Model\Records\OrderDocument;
use Byte8\SageAccounting\Model\Records\OrderDocuments;
use Byte8\SageAccounting\Model\SyncState\EntitySyncState;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;

/**
 * Lines for the parts of a document, and for the documents of an order.
 */
class SyncInfoLines
{
    private const ORDER = 'order';

    public function __construct(
        private readonly StatusChip $chip,
        private readonly OrderDocuments $documents,
        private readonly RecordLinks $links,
        private readonly DisplayFormat $format
    ) {
    }

    /**
     * The parts of an invoice or credit memo; an order's estimate is one line.
     *
     * @return SyncInfoLine[]
     */
    public function parts(EntitySyncState $state, string $currency): array
    {
        if ($state->entityType === self::ORDER) {
            return $state->rows === []
                ? []
                : [$this->ofState($state, (string) __('Estimate'), null, '', $currency)];
        }

        return array_map(fn (SyncStateRow $row): SyncInfoLine => new SyncInfoLine(
            $state->entityType,
            $state->magentoId,
            $this->nameOf($row),
            null,
            $this->chip->ofPart($row),
            $row,
            $this->total($row, $currency),
            $this->reason($row)
        ), $state->rows);
    }

    /**
     * @return SyncInfoLine[]
     */
    public function documents(int $orderId): array
    {
        $documents = $this->documents->ofOrders([$orderId]);
        $states = $this->documents->states($documents);

        return array_map(fn (OrderDocument $document): SyncInfoLine => $this->ofState(
            $states[$document->entityType][$document->entityId]
                ?? new EntitySyncState($document->entityType, $document->entityId),
            RecordKinds::one($document->entityType) . ' ' . $document->number,
            $this->links->to($document->entityType, $document->entityId),
            $this->format->amount($document->total, $document->currency),
            $document->currency
        ), $documents);
    }

    /**
     * A line for a whole document: what needs a person is shown first, then what became of it in the end.
     */
    private function ofState(
        EntitySyncState $state,
        string $name,
        ?string $url,
        string $total,
        string $currency
    ): SyncInfoLine {
        $failed = array_values(array_filter(
            $state->rows,
            static fn (SyncStateRow $row): bool => $row->status->needsAttention()
        ))[0] ?? null;
        $row = $failed ?? $state->aspect(SyncAspect::CANCELLATION) ?? $state->document() ?? $state->rows[0] ?? null;
        $document = $state->document();

        return new SyncInfoLine(
            $state->entityType,
            $state->magentoId,
            $name,
            $url,
            $state->rows === [] && $state->hold === null ? $this->chip->nothing() : $this->chip->ofEntity($state),
            $row,
            $document?->expectedTotal === null ? $total : $this->total($document, $currency),
            $row === null ? null : $this->reason($row)
        );
    }

    private function nameOf(SyncStateRow $row): string
    {
        return match ($row->aspect) {
            SyncAspect::PAYMENT => (string) __('Payment'),
            SyncAspect::CANCELLATION => (string) __('Cancellation'),
            default => RecordKinds::one($row->entityType),
        };
    }

    /**
     * Magento's total, and Sage's where it is another one. None for an event that promised no total, such as the end
     * of an order.
     */
    private function total(SyncStateRow $row, string $currency): string
    {
        if ($row->expectedTotal === null) {
            return '';
        }
        $expected = $this->format->amount($row->expectedTotal, $currency);

        return $row->ledgerTotal === null || bccomp($row->ledgerTotal, $row->expectedTotal, 4) === 0
            ? $expected
            : (string) __('%1 in Magento, %2 in Sage', $expected, $this->format->amount($row->ledgerTotal, $currency));
    }

    private function reason(SyncStateRow $row): ?Reason
    {
        return $row->reasonCode === '' && $row->reasonMessage === ''
            ? null
            : ReasonCatalog::reason($row->reasonCode, $row->reasonMessage, $row->reasonSuggestion);
    }
}
