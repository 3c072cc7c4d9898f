<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Reason\ReasonCatalog;
use Byte8\SageAccounting\Model\Settings\LiveState;
use Byte8\SageAccounting\Model\SyncState\EntitySyncState;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Magento\Framework\Escaper;

/**
 * Renders a status as a chip: a word, a mark and a colour; never the colour alone.
 */
class StatusChip
{
    private const MARKS = [
        'pending' => '…',
        'synced' => '✓',
        'mismatch' => '≠',
        'skipped' => '–',
        'failed' => '!',
        'review' => '?',
        'hold' => '‖',
        'never' => '×',
    ];

    private const ORDER = 'order';

    /** The order's invoices are in the ledger instead, so nothing was left out. */
    private const NEEDS_NO_ESTIMATE = 'order_invoiced';

    /** Read once for all chips of a page. */
    private ?bool $isLive = null;

    public function __construct(private readonly Escaper $escaper, private readonly LiveState $liveState)
    {
    }

    /**
     * All chips of an entity, for a cell of a grid.
     */
    public function ofEntity(?EntitySyncState $state): string
    {
        if ($state === null) {
            return $this->nothing();
        }
        $chips = [];
        if ($state->hold !== null) {
            $chips[] = $this->ofHold($state->hold);
        }
        $isOpenAgain = $this->isOpenAgain($state);
        // The chips of the currencies already say that the customer is in the ledger; a void document no longer counts,
        // nor does an order whose invoices are there.
        $isSuperfluous = $state->currencies() !== []
            || $state->aspect(SyncAspect::CANCELLATION)?->status === SyncStatus::Synced
            || ($state->aspect(SyncAspect::INVOICED)?->status === SyncStatus::Synced && !$isOpenAgain);
        foreach ($state->rows as $row) {
            $isSaid = match ($row->aspect) {
                SyncAspect::DOCUMENT => ($isSuperfluous && $row->status === SyncStatus::Synced)
                    || $row->reasonCode === self::NEEDS_NO_ESTIMATE,
                SyncAspect::INVOICED => $isOpenAgain && $row->status === SyncStatus::Synced,
                default => false,
            };
            if (!$isSaid) {
                $chips[] = $this->ofRow($row);
            }
        }

        return $chips === [] ? $this->nothing() : implode(' ', $chips);
    }

    /**
     * The documents of an order: a chip for each kind and status, with their number.
     *
     * @param EntitySyncState[] $documents
     */
    public function ofDocuments(array $documents): string
    {
        $numbers = [];
        foreach ($documents as $state) {
            $kind = $state->hold?->value ?? $state->overall()?->value;
            if ($kind !== null) {
                $numbers[$state->entityType][$kind] = ($numbers[$state->entityType][$kind] ?? 0) + 1;
            }
        }
        $chips = [];
        foreach ($numbers as $entityType => $byKind) {
            foreach ($byKind as $kind => $number) {
                $about = $number === 1
                    ? RecordKinds::one($entityType)
                    : $number . ' ' . RecordKinds::many($entityType);
                $status = SyncStatus::tryFrom($kind);
                $label = $status === null ? (string) HoldMode::tryFrom($kind)?->label() : $this->labelOf($status);
                $chips[] = $this->chip($kind, $about . ': ' . __($label), '');
            }
        }

        return implode(' ', $chips);
    }

    private function ofRow(SyncStateRow $row): string
    {
        $isDone = $row->status === SyncStatus::Synced;
        $isVoid = $row->aspect === SyncAspect::CANCELLATION && $isDone;
        $about = match ($row->aspect) {
            SyncAspect::DOCUMENT => '',
            SyncAspect::CANCELLATION => $isVoid ? '' : (string) __('Cancellation'),
            SyncAspect::INVOICED => $isDone ? '' : (string) __('Invoiced'),
            SyncAspect::PAYMENT => (string) __('Payment'),
            default => $row->aspect,
        };

        return $this->ofPart($row, $about);
    }

    /**
     * The chip of one part.
     *
     * @param string $about the payment or the currency, where the page does not name it beside the chip
     */
    public function ofPart(SyncStateRow $row, string $about = ''): string
    {
        $isDone = $row->status === SyncStatus::Synced;
        $isVoid = $row->aspect === SyncAspect::CANCELLATION && $isDone;
        $label = (string) match (true) {
            $row->aspect === SyncAspect::INVOICED && $isDone => __('Invoiced'),
            $isVoid && $row->entityType === self::ORDER => __('Canceled'),
            $isVoid && $row->ledgerId === null => __('Nothing to void'),
            $isVoid => __('Void in Sage'),
            default => __($this->labelOf($row->status)),
        };
        $reason = $row->reasonCode === '' && $row->reasonMessage === ''
            ? ''
            : ReasonCatalog::reason($row->reasonCode, $row->reasonMessage, '')->title;

        return $this->chip(
            $row->status->value,
            $about === '' ? $label : $about . ': ' . $label,
            trim($row->ledgerReference . ' ' . $reason)
        );
    }

    /**
     * Before the merchant goes live, a queued document waits for that.
     */
    private function labelOf(SyncStatus $status): string
    {
        $waits = $status === SyncStatus::Pending && !($this->isLive ??= $this->liveState->isLive());

        return $waits ? LiveState::WAITS : $status->label();
    }

    public function ofHold(HoldMode $mode): string
    {
        return $this->chip($mode->value, (string) __($mode->label()), '');
    }

    public function ofStatus(SyncStatus $status): string
    {
        return $this->chip($status->value, (string) __($status->label()), '');
    }

    /**
     * Whether the ledger told of the open order after it told that the order was invoiced: an invoice was canceled.
     */
    public function isOpenAgain(EntitySyncState $state): bool
    {
        $invoiced = $state->aspect(SyncAspect::INVOICED);

        return $invoiced !== null && ($state->document()?->feedCursor ?? 0) > ($invoiced->feedCursor ?? 0);
    }

    public function nothing(): string
    {
        return '<span class="byte8-chip-none" title="' . $this->escaper->escapeHtmlAttr((string) __('Not sent'))
            . '">—</span>';
    }

    private function chip(string $kind, string $text, string $title): string
    {
        return '<span class="byte8-chip byte8-chip-' . $this->escaper->escapeHtmlAttr($kind) . '"'
            . ($title === '' ? '' : ' title="' . $this->escaper->escapeHtmlAttr($title) . '"') . '>'
            . '<span class="byte8-chip-mark" aria-hidden="true">' . self::MARKS[$kind] . '</span>'
            . $this->escaper->escapeHtml($text) . '</span>';
    }
}
