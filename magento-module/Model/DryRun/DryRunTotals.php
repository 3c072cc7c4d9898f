<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\DryRun;

/**
 * The totals of a dry run: the number of events by outcome, and the amounts by currency.
 */
class DryRunTotals
{
    private const PLACES = 4;

    /** @var array<string, int> events by outcome */
    public array $outcomes = ['post' => 0, 'skip' => 0, 'reject' => 0];

    /** @var array<string, int> events by reason or code, for those that would not be posted */
    public array $reasons = [];

    /** @var array<string, array<string, string>> decimal text by kind of event and currency */
    public array $amounts = [];

    public int $warnings = 0;

    public function add(DryRunLine $line): void
    {
        $this->outcomes[$line->outcome] = ($this->outcomes[$line->outcome] ?? 0) + 1;
        $this->warnings += count($line->warnings);
        if ($line->code !== '') {
            $this->reasons[$line->code] = ($this->reasons[$line->code] ?? 0) + 1;
        }
        if ($line->total !== '') {
            $kind = $line->event();
            $sum = $this->amounts[$kind][$line->currency] ?? '0';
            $this->amounts[$kind][$line->currency] = bcadd($sum, $line->total, self::PLACES);
        }
    }
}
