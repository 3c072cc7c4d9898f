<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\DryRun;

use Byte8\SageAccounting\Model\Bridge\Decision;

/**
 * The summary of a dry run for the relay: numbers and problems, no document. docs/contracts.md, section 10.
 */
class DryRunSummary
{
    private const SCHEMA = '1';
    private const WARNING = 'warning';

    /** The relay refuses longer lists and messages. */
    private const MOST_ROWS = 1000;
    private const LONGEST_TEXT = 1000;

    /** First day, '' while there is none. */
    public string $from = '';

    /** @var array<string, array<string, int|string>> rows by kind of event */
    private array $documents = [];

    /** @var array<string, array<string, string>> net and tax by kind of event, currency and rate */
    private array $totals = [];

    /** @var array<string, array<string, int|string>> rows by outcome and code */
    private array $problems = [];

    /** @var array<string, string> the last document that was counted, by outcome and code */
    private array $counted = [];

    public function __construct(public readonly string $to, private readonly string $settingsDigest)
    {
    }

    public function add(DryRunLine $line): void
    {
        $this->documents[$line->event()] ??= [
            'event' => $line->event(), Decision::POST => 0, Decision::SKIP => 0, Decision::REJECT => 0,
        ];
        $this->documents[$line->event()][$line->outcome]++;
        if ($line->code !== '') {
            $this->problem($line, $line->outcome, $line->code, $line->pointer, $line->message, $line->suggestion);
        }
        foreach ($line->vat as $total) {
            $this->total($line, $total);
        }
        foreach ($line->warnings as $warning) {
            $this->problem($line, self::WARNING, $warning['code'], $warning['pointer'], $warning['message'], '');
        }
    }

    /**
     * How many events have an outcome.
     */
    public function count(string $outcome): int
    {
        return array_sum(array_column($this->documents, $outcome));
    }

    /**
     * @return array<string, mixed> as the contract says
     */
    public function values(): array
    {
        $documents = $this->documents;
        ksort($documents);
        $totals = $this->totals;
        ksort($totals);

        return [
            'schema' => self::SCHEMA,
            'from' => $this->from,
            'to' => $this->to,
            'settings_digest' => $this->settingsDigest,
            'documents' => array_values($documents),
            'totals' => array_slice(array_values($totals), 0, self::MOST_ROWS),
            'problems' => array_slice(array_values($this->problems), 0, self::MOST_ROWS),
        ];
    }

    /**
     * @param array{rate: string, net: string, tax: string} $total
     */
    private function total(DryRunLine $line, array $total): void
    {
        $key = implode(' ', [$line->event(), $line->currency, $total['rate']]);
        $this->totals[$key] ??= [
            'event' => $line->event(), 'currency' => $line->currency, 'rate' => $total['rate'],
            'net' => '0', 'tax' => '0',
        ];
        foreach (['net', 'tax'] as $column) {
            $this->totals[$key][$column] = $this->sum($this->totals[$key][$column], $total[$column]);
        }
    }

    /**
     * With as many digits behind the point as the amounts have, which is what their currency has.
     */
    private function sum(string $one, string $other): string
    {
        $places = static fn (string $amount): int => strlen(ltrim((string) strstr($amount, '.'), '.'));

        return bcadd($one, $other, max($places($one), $places($other)));
    }

    /**
     * Counts a document once for each code; what is told of it is that of the first document.
     */
    private function problem(
        DryRunLine $line,
        string $outcome,
        string $code,
        string $pointer,
        string $message,
        string $suggestion
    ): void {
        $kind = $outcome . ' ' . $code;
        $this->problems[$kind] ??= [
            'outcome' => $outcome,
            'code' => $code,
            'pointer' => $pointer,
            'count' => 0,
            'message' => $this->shortened($message),
            'suggestion' => $this->shortened($suggestion),
            'increment_id' => $line->incrementId,
        ];
        $document = strstr($line->key, '.', true) . strstr($line->key, ':');
        if (($this->counted[$kind] ?? '') !== $document) {
            $this->counted[$kind] = $document;
            $this->problems[$kind]['count']++;
        }
    }

    private function shortened(string $text): string
    {
        return mb_substr(mb_scrub($text, 'UTF-8'), 0, self::LONGEST_TEXT, 'UTF-8');
    }
}
