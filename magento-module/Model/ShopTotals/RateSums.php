<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopTotals;

/**
 * Net and tax of a document by percentage.
 */
class RateSums
{
    private const PLACES = DocumentParts::PLACES;

    /** As much as a document's tax may be rounded. */
    private const TOLERANCE = '0.05';

    /** @var array<int|string, array{net: string, tax: string}> */
    private array $sums = [];

    public function add(string $rate, string $net, string $tax): void
    {
        if ($this->isZero($net) && $this->isZero($tax)) {
            return;
        }
        $known = $this->sums[$rate] ?? ['net' => '0', 'tax' => '0'];
        $this->sums[$rate] = [
            'net' => bcadd($known['net'], $net, self::PLACES),
            'tax' => bcadd($known['tax'], $tax, self::PLACES),
        ];
    }

    /**
     * What is missing to a total and its tax.
     *
     * @return array{string, string} net and tax
     */
    public function missing(string $total, string $tax): array
    {
        $net = bcsub($total, $tax, self::PLACES);
        foreach ($this->sums as $sum) {
            $net = bcsub($net, $sum['net'], self::PLACES);
            $tax = bcsub($tax, $sum['tax'], self::PLACES);
        }

        return [$net, $tax];
    }

    /**
     * The percentage of this document that gives the tax on the net; without a net the one with the most tax. If none
     * gives it, what the tax is of the net.
     */
    public function fitting(string $net, string $tax): string
    {
        $best = '0';
        $least = null;
        if ($this->isZero($tax)) {
            return $best;
        }
        foreach ($this->sums as $rate => $sum) {
            $difference = $this->isZero($net)
                ? bcsub('0', $this->size($sum['tax']), self::PLACES)
                : $this->size(bcsub($tax, bcdiv(bcmul($net, (string) $rate, 8), '100', 8), 8));
            if ($least === null || bccomp($difference, $least, 8) < 0) {
                $least = $difference;
                $best = (string) $rate;
            }
        }

        $isGiven = $least !== null && bccomp($least, self::TOLERANCE, 8) <= 0;

        return $isGiven || $this->isZero($net) ? $best : self::plain($this->percent($net, $tax));
    }

    /**
     * @return array<int|string, array{net: string, tax: string}>
     */
    public function all(): array
    {
        return $this->sums;
    }

    /**
     * Decimal text without trailing zeros.
     */
    public static function plain(string $decimal): string
    {
        $text = str_contains($decimal, '.') ? rtrim(rtrim($decimal, '0'), '.') : $decimal;

        return in_array($text, ['', '-', '-0'], true) ? '0' : $text;
    }

    private function percent(string $net, string $tax): string
    {
        $percent = bcdiv(bcmul($tax, '100', 8), $net, 6);

        return bcadd($percent, $percent[0] === '-' ? '-0.005' : '0.005', 2);
    }

    private function isZero(string $amount): bool
    {
        return bccomp($amount, '0', self::PLACES) === 0;
    }

    private function size(string $amount): string
    {
        return ltrim($amount, '-');
    }
}
