<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Scenario;

use Byte8\SageAccounting\Tools\Magento\Run;
use Byte8\SageAccounting\Tools\Magento\SetUpWay;

/**
 * The accountant compares the shop with Sage in the dashboard, before and after somebody voids an invoice in Sage.
 */
class MonthEnd
{
    private const CARD = 'section.card';

    private const UPDATE = 'form[action$="reconciliation/update"] button:not([name])';

    private const READ_AGAIN = 'form[action$="reconciliation/update"] button[name=everything]';

    private const EXPLAINED = 'which is the difference of the totals';

    private const SECONDS = 240;

    public static function run(Run $run, SetUpWay $way): void
    {
        $run->part('reconciliation of the shop with Sage');
        $person = $way->merchant;
        $page = self::page($way);
        $person->visit($page, self::CARD);
        $person->click(self::UPDATE, self::CARD);
        $told = self::figures($way, $page, static fn (string $told): bool => !str_contains($told, 'on their way'));
        $person->picture('reconciled');
        $early = count($run->early['invoice']) + count($run->early['creditmemo']);
        $run->check(
            substr_count($told, 'Not captured') === $early,
            'the documents of before the connection are missing in Sage, and no other',
            $told
        );
        $before = self::difference($told);
        $invoice = $way->lastInvoice();
        $way->relay->void($invoice['number']);
        $person->click(self::READ_AGAIN, self::CARD);
        $told = self::figures($way, $page, static fn (string $told): bool => str_contains($told, 'Voided in Sage'));
        $person->picture('reconciled-after-a-void');
        $isNamed = preg_match('/Voided in Sage.*Invoice ' . $invoice['number'] . '/s', $told) === 1;
        $run->check($isNamed, 'the invoice that was voided in Sage is found and named', $told);
        $more = bcsub(self::difference($told), $before, 2);
        $isClosed = bccomp($more, $invoice['total'], 2) === 0 && str_contains($told, self::EXPLAINED);
        $run->check($isClosed, 'and explains what Sage has less than before', [$more, $invoice, $told]);
    }

    /**
     * What Magento has more than Sage, as the page says.
     */
    private static function difference(string $told): string
    {
        return preg_match('/Magento has ([0-9,]+[.][0-9]{2}) GBP more/', $told, $found) === 1
            ? str_replace(',', '', $found[1])
            : '0.00';
    }

    private static function page(SetUpWay $way): string
    {
        $days = ['from' => gmdate('Y-m-d', time() - 7 * 86400), 'to' => gmdate('Y-m-d', time() + 86400)];

        return $way->relay->dashboard . '/b/' . $way->binding() . '/reconciliation?' . http_build_query($days);
    }

    /**
     * The page once it is complete, which takes the shop and Sage some time.
     *
     * @param \Closure(string): bool $isComplete
     */
    private static function figures(SetUpWay $way, string $page, \Closure $isComplete): string
    {
        $person = $way->merchant;
        for ($end = time() + self::SECONDS;; sleep(3)) {
            $person->visit($page, self::CARD);
            $told = $person->text('main');
            if ($isComplete($told) || time() > $end) {
                return $told;
            }
        }
    }
}
