<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Console\DateOption;
use Byte8\SageAccounting\Model\Backfill\BackfillFilter;
use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\DryRun\DryRun;
use Byte8\SageAccounting\Model\DryRun\DryRunLine;
use Byte8\SageAccounting\Model\DryRun\DryRunTotals;
use Byte8\SageAccounting\Model\DryRun\Explanation;
use Byte8\SageAccounting\Model\DryRun\ProblemGroup;
use Byte8\SageAccounting\Model\Reason\Reason;
use Byte8\SageAccounting\Model\Reason\ReasonCatalog;
use Byte8\SageAccounting\Model\Records\RecordNumbers;
use Magento\Backend\Model\UrlInterface;
use Magento\Framework\App\RequestInterface;
use Magento\Framework\View\Element\Block\ArgumentInterface;

/**
 * The dry run page: one record with all details, or a range of days as numbers, problems and a list.
 */
class DryRunPage implements ArgumentInterface
{
    /** Keeps the page fast; the command has no such limit. */
    public const MAX_EVENTS = 500;

    public const SHOWN_OF_A_PROBLEM = 8;

    private const PROPOSED_DAYS = 30;

    private string $problem = '';

    public function __construct(
        private readonly DryRun $dryRun,
        private readonly DateOption $dates,
        private readonly RecordNumbers $numbers,
        private readonly RequestInterface $request,
        private readonly UrlInterface $url,
        private readonly Clock $clock,
        private readonly DisplayFormat $format,
        public readonly ExplanationView $explanation,
        public readonly DayField $dayField
    ) {
    }

    /**
     * @return array<string, string> labels by type
     */
    public function types(): array
    {
        return RecordKinds::all();
    }

    public function type(): string
    {
        $type = (string) $this->request->getParam('type');

        return RecordKinds::isKnown($type) ? $type : 'invoice';
    }

    /**
     * What was typed to find a record: its number, e-mail or SKU.
     */
    public function number(): string
    {
        return trim((string) $this->request->getParam('number'));
    }

    public function entityId(): int
    {
        $id = max(0, (int) $this->request->getParam('entity'));

        return $id > 0 || $this->number() === '' ? $id : $this->numbers->idOf($this->type(), $this->number());
    }

    /**
     * A day for the form; without a request the last 30 days.
     */
    public function day(string $parameter): string
    {
        $day = $this->request->getParam($parameter);
        $daysAgo = $parameter === 'from' ? self::PROPOSED_DAYS : 1;

        return is_string($day) ? $day : $this->clock->now()->modify('-' . $daysAgo . ' days')->format('Y-m-d');
    }

    public function formUrl(): string
    {
        return $this->url->getUrl('byte8_sage/dryRun/index');
    }

    /**
     * The error of this request; empty when there is none.
     */
    public function problem(): string
    {
        return $this->problem;
    }

    /**
     * @return array<string, Explanation> by event
     */
    public function explanations(): array
    {
        if ($this->entityId() === 0) {
            if ($this->number() !== '') {
                $this->problem = (string) __('There is no such record.');
            }

            return [];
        }
        $pages = $this->guarded(
            fn (): array => $this->dryRun->explanations($this->type(), $this->entityId()),
            []
        );
        if ($pages === [] && $this->problem === '') {
            $this->problem = (string) __('There is no such record.');
        }

        return $pages;
    }

    /**
     * The name of an event, such as "Payment".
     */
    public function eventName(string $key): string
    {
        return RecordKinds::event((string) strstr($key, ':', true));
    }

    /**
     * @return ?array{lines: DryRunLine[], totals: DryRunTotals, problems: ProblemGroup[], isCut: bool} null if no range
     *     was requested
     */
    public function range(): ?array
    {
        $isWanted = (string) $this->request->getParam('from') !== '' || (string) $this->request->getParam('to') !== '';

        return $isWanted && $this->entityId() === 0 ? $this->guarded($this->read(...), null) : null;
    }

    public function amount(string $decimal, string $currency): string
    {
        return $decimal === '' ? '–' : $this->format->amount($decimal, $currency);
    }

    /**
     * The currency of the one record; '' where it has none.
     */
    public function currency(): string
    {
        return $this->numbers->of($this->type(), [$this->entityId()])[$this->entityId()][1] ?? '';
    }

    /**
     * What people call the one record.
     */
    public function recordName(): string
    {
        $number = $this->numbers->of($this->type(), [$this->entityId()])[$this->entityId()][0] ?? '';

        return $number === '' ? '#' . $this->entityId() : $number;
    }

    public function reason(ProblemGroup $group): Reason
    {
        return ReasonCatalog::reason($group->code, $group->message, $group->suggestion);
    }

    /**
     * Why an event is not posted, and what is remarkable of it, in a few words.
     */
    public function remark(DryRunLine $line): string
    {
        return ReasonCatalog::titles($line->code, $line->message, $line->warnings) ?: '–';
    }

    /**
     * The page of one record.
     */
    public function detailsUrl(DryRunLine $line): string
    {
        return $this->url->getUrl(
            'byte8_sage/dryRun/index',
            ['type' => $line->entityType(), 'entity' => $line->entityId()]
        );
    }

    /**
     * @return array{lines: DryRunLine[], totals: DryRunTotals, problems: ProblemGroup[], isCut: bool}
     */
    private function read(): array
    {
        $from = (string) $this->request->getParam('from');
        $to = (string) $this->request->getParam('to');
        $filter = new BackfillFilter(
            [],
            $from === '' ? null : $this->dates->beginning($from),
            $to === '' ? null : $this->dates->end($to)
        );
        $totals = new DryRunTotals();
        $lines = [];
        $isCut = false;
        foreach ($this->dryRun->lines($this->type(), $filter) as $line) {
            if (count($lines) >= self::MAX_EVENTS) {
                $isCut = true;
                break;
            }
            $totals->add($line);
            $lines[] = $line;
        }

        return ['lines' => $lines, 'totals' => $totals, 'problems' => ProblemGroup::of($lines), 'isCut' => $isCut];
    }

    /**
     * @template T
     * @param \Closure(): T $work
     * @param T $otherwise
     * @return T
     */
    private function guarded(\Closure $work, mixed $otherwise): mixed
    {
        try {
            return $work();
        } catch (BridgeException $exception) {
            $this->problem = $exception->summary();
        } catch (\InvalidArgumentException $exception) {
            $this->problem = $exception->getMessage();
        }

        return $otherwise;
    }
}
