<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\ViewModel;

use Byte8\SageAccounting\Console\DateOption;
use Byte8\SageAccounting\Model\Backfill\BackfillFilter;
use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\DryRun\DryRun;
use Byte8\SageAccounting\Model\DryRun\DryRunLine;
use Byte8\SageAccounting\Model\DryRun\DryRunTotals;
use Magento\Backend\Model\UrlInterface;
use Magento\Framework\App\RequestInterface;
use Magento\Framework\View\Element\Block\ArgumentInterface;

/**
 * The dry run page: one record with all details, or a range of days as a list with totals.
 */
class DryRunPage implements ArgumentInterface
{
    /** Keeps the page fast; the command has no such limit. */
    public const MAX_EVENTS = 500;

    private const TYPES = [
        'invoice' => 'Invoice',
        'creditmemo' => 'Credit Memo',
        'order' => 'Order',
        'customer' => 'Customer',
        'product' => 'Product',
    ];

    private string $problem = '';

    public function __construct(
        private readonly DryRun $dryRun,
        private readonly DateOption $dates,
        private readonly RequestInterface $request,
        private readonly UrlInterface $url
    ) {
    }

    /**
     * @return array<string, string> labels by type
     */
    public function types(): array
    {
        return array_map(static fn (string $label): string => (string) __($label), self::TYPES);
    }

    public function type(): string
    {
        $type = (string) $this->request->getParam('type');

        return isset(self::TYPES[$type]) ? $type : 'invoice';
    }

    public function entityId(): int
    {
        return max(0, (int) $this->request->getParam('entity'));
    }

    public function day(string $parameter): string
    {
        return (string) $this->request->getParam($parameter);
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
     * @return array<string, string> plain text by event
     */
    public function pages(): array
    {
        if ($this->entityId() === 0) {
            return [];
        }
        $pages = $this->guarded(fn (): array => $this->dryRun->pages($this->type(), $this->entityId()), []);
        if ($pages === [] && $this->problem === '') {
            $this->problem = (string) __('There is no such record.');
        }

        return $pages;
    }

    /**
     * @return ?array{lines: DryRunLine[], totals: DryRunTotals, isCut: bool} null if no range was requested
     */
    public function range(): ?array
    {
        if ($this->entityId() > 0 || ($this->day('from') === '' && $this->day('to') === '')) {
            return null;
        }

        return $this->guarded($this->read(...), null);
    }

    /**
     * @return array{lines: DryRunLine[], totals: DryRunTotals, isCut: bool}
     */
    private function read(): array
    {
        $filter = new BackfillFilter(
            [],
            $this->day('from') === '' ? null : $this->dates->beginning($this->day('from')),
            $this->day('to') === '' ? null : $this->dates->end($this->day('to'))
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

        return ['lines' => $lines, 'totals' => $totals, 'isCut' => $isCut];
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

    public function amount(string $decimal): string
    {
        return AmountText::of($decimal);
    }
}
