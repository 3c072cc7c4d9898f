<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Model\Reason\ReasonCatalog;
use Byte8\SageAccounting\Model\Records\RecentRecords;
use Byte8\SageAccounting\Model\Records\RecordLine;
use Byte8\SageAccounting\Model\Status\HealthSentence;
use Byte8\SageAccounting\Model\Status\StatusReader;
use Byte8\SageAccounting\Model\Status\StatusReport;
use Byte8\SageAccounting\Model\SyncState\EntitySyncState;
use Byte8\SageAccounting\Model\SyncState\SyncAspect;
use Byte8\SageAccounting\Model\SyncState\SyncStateRow;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Magento\Backend\Model\UrlInterface;
use Magento\Framework\AuthorizationInterface;
use Magento\Framework\Data\Form\FormKey;
use Magento\Framework\View\Element\Block\ArgumentInterface;

/**
 * The overview page: health, what needs attention, the last documents, and the ways to everything else.
 */
class Overview implements ArgumentInterface
{
    /** Records that need attention, at most. */
    public const MOST_ATTENTION = 200;

    public const SHOWN_OF_A_REASON = 8;

    private const LATEST = 12;

    /** A record has about so many lines. */
    private const ASPECTS = 3;

    private const NONE = '–';

    /** What the tiles count: statuses by name. */
    private const TILES = [
        'synced' => [SyncStatus::Synced],
        'pending' => [SyncStatus::Pending],
        'failed' => [SyncStatus::Failed, SyncStatus::Review, SyncStatus::Mismatch],
        'skipped' => [SyncStatus::Skipped],
    ];

    private ?StatusReport $report = null;

    public function __construct(
        private readonly StatusReader $reader,
        private readonly RecentRecords $records,
        private readonly StatusChip $chip,
        public readonly LedgerLinks $ledger,
        private readonly DisplayFormat $format,
        private readonly RecordLinks $links,
        private readonly AuthorizationInterface $authorization,
        private readonly UrlInterface $url,
        private readonly FormKey $formKey
    ) {
    }

    public function report(): StatusReport
    {
        return $this->report ??= $this->reader->read();
    }

    public function sentence(): HealthSentence
    {
        return HealthSentence::of($this->report());
    }

    /**
     * When cron ran last, for people; '' for never.
     */
    public function lastRun(): string
    {
        return $this->time((string) $this->report()->lastRun);
    }

    /**
     * A time as screens show it; '' for none.
     */
    public function time(string $text): string
    {
        return $this->format->time($text);
    }

    /**
     * Numbers of records by the first status they count.
     *
     * @return array<string, int>
     */
    public function tiles(): array
    {
        $counts = $this->report()->ledger;

        return array_map(static fn (array $statuses): int => array_sum(array_map(
            static fn (SyncStatus $status): int => $counts[$status->value] ?? 0,
            $statuses
        )), self::TILES);
    }

    /**
     * Records that need attention, by their reason, the most frequent first.
     *
     * @return AttentionGroup[]
     */
    public function attention(): array
    {
        $groups = [];
        foreach ($this->guarded(fn (): array => $this->records->needAttention(self::MOST_ATTENTION)) as $line) {
            $groups[$line->row->status->value . ' ' . $line->row->reasonCode][] = $line;
        }
        uasort($groups, static fn (array $one, array $other): int => count($other) <=> count($one));

        return array_values(array_map(static fn (array $lines): AttentionGroup => new AttentionGroup(
            (string) __($lines[0]->row->status->label()),
            ReasonCatalog::reason(
                $lines[0]->row->reasonCode,
                $lines[0]->row->reasonMessage === ''
                    ? (string) __($lines[0]->row->status->label())
                    : $lines[0]->row->reasonMessage,
                $lines[0]->row->reasonSuggestion
            ),
            $lines
        ), $groups));
    }

    /**
     * The page of the ledger that helps with a reason.
     *
     * @return ?array{string, string} address and words of the link
     */
    public function helping(AttentionGroup $group): ?array
    {
        return $this->ledger->helping($group->reason, $group->lines[0]->row->runId);
    }

    /**
     * Records whose status changed last, each with all that changed.
     *
     * @return array<int, RecordLine[]> the line of the document itself first
     */
    public function latest(): array
    {
        $records = [];
        foreach ($this->guarded(fn (): array => $this->records->latest(self::LATEST * self::ASPECTS)) as $line) {
            $records[$line->row->entityType . ' ' . $line->row->magentoId][] = $line;
        }
        $isOther = static fn (RecordLine $line): int => $line->row->aspect === SyncAspect::DOCUMENT ? 0 : 1;

        return array_map(static function (array $lines) use ($isOther): array {
            usort($lines, static fn (RecordLine $one, RecordLine $other): int => $isOther($one) <=> $isOther($other));

            return $lines;
        }, array_slice(array_values($records), 0, self::LATEST));
    }

    /**
     * @param RecordLine[] $lines all that changed of one record
     */
    public function chips(array $lines): string
    {
        $rows = array_map(static fn (RecordLine $line): SyncStateRow => $line->row, $lines);

        return $this->chip->ofEntity(new EntitySyncState($rows[0]->entityType, $rows[0]->magentoId, $rows));
    }

    /**
     * The number of a record, or its id if it was deleted.
     */
    public function name(RecordLine $line): string
    {
        return $line->number === '' ? '#' . $line->row->magentoId : $line->number;
    }

    public function amount(RecordLine $line): string
    {
        $total = $line->row->expectedTotal ?? $line->row->ledgerTotal;

        return $total === null ? self::NONE : $this->format->amount($total, $line->currency);
    }

    public function recordUrl(RecordLine $line): string
    {
        return $this->links->to($line->row->entityType, $line->row->magentoId);
    }

    public function may(string $resource): bool
    {
        return $this->authorization->isAllowed('Byte8_SageAccounting::' . $resource);
    }

    public function resyncUrl(): string
    {
        return $this->url->getUrl('byte8_sage/entity/massResync');
    }

    public function holdUrl(): string
    {
        return $this->url->getUrl('byte8_sage/entity/massHold', ['mode' => 'hold']);
    }

    public function settingsUrl(): string
    {
        return $this->url->getUrl('adminhtml/system_config/edit', ['section' => 'byte8']);
    }

    public function pageUrl(string $page): string
    {
        return $this->url->getUrl('byte8_sage/' . $page . '/index');
    }

    public function formKey(): string
    {
        return $this->formKey->getFormKey();
    }

    /**
     * @param \Closure(): RecordLine[] $read
     * @return RecordLine[]
     */
    private function guarded(\Closure $read): array
    {
        try {
            return $read();
        } catch (\Exception) {
            // The report says that the tables cannot be read.
            return [];
        }
    }
}
