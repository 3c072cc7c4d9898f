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

    private const SECONDS = 240;

    public static function run(Run $run, SetUpWay $way): void
    {
        $run->part('reconciliation of the shop with Sage');
        $person = $way->merchant;
        $page = self::page($way);
        $person->visit($page, self::CARD);
        $person->click(self::UPDATE, self::CARD);
        $told = self::figures($way, $page);
        $person->picture('reconciled');
        $run->check(str_contains($told, 'Both sides agree'), 'the shop and Sage agree to the penny', $told);
        $invoice = $way->lastInvoice();
        $way->relay->void($invoice['number']);
        $person->click(self::READ_AGAIN, self::CARD);
        $told = self::figures($way, $page);
        $person->picture('reconciled-after-a-void');
        $isFound = str_contains($told, 'Voided in Sage') && str_contains($told, $invoice['number']);
        $run->check($isFound, 'the invoice that was voided in Sage is found and named', $told);
        $isClosed = str_contains($told, 'Magento has ' . $invoice['total'])
            && str_contains($told, 'which is the difference of the totals');
        $run->check($isClosed, 'and it explains the whole difference', $told);
    }

    private static function page(SetUpWay $way): string
    {
        $days = ['from' => gmdate('Y-m-d', time() - 7 * 86400), 'to' => gmdate('Y-m-d', time() + 86400)];

        return $way->relay->dashboard . '/b/' . $way->binding() . '/reconciliation?' . http_build_query($days);
    }

    /**
     * The page once the shop has told its totals and Sage was read.
     */
    private static function figures(SetUpWay $way, string $page): string
    {
        $person = $way->merchant;
        for ($end = time() + self::SECONDS;; sleep(3)) {
            $person->visit($page, self::CARD);
            $told = $person->text('main');
            if (!str_contains($told, 'on their way') || time() > $end) {
                return $told;
            }
        }
    }
}
