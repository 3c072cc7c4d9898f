<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Scenario;

use Byte8\SageAccounting\Tools\Magento\Run;
use Byte8\SageAccounting\Tools\Magento\SetUpWay;

/**
 * The whole way of a merchant in a browser: a relay that was just started, and the shop connected by its code.
 */
class SetUpInBrowser
{
    /** The most that a merchant does in the dashboard and at Sage: clicks, choices and fields together. */
    private const MOST_ACTIONS = 12;

    public static function run(Run $run): void
    {
        $run->part('set up in a browser, with the code of the shop');
        SetUpWay::go($run, 'setup', true, static function (SetUpWay $way) use ($run): void {
            $way->createAccountAndConnectSage();
            self::connect($run, $way);
            $way->confirmCheckAndGoLive();
            $way->invoiceOrder();
            $way->log->print();
            $number = $way->log->number(SetUpWay::DASHBOARD, SetUpWay::SAGE);
            $run->check($number <= self::MOST_ACTIONS, $number . ' actions in the dashboard and at Sage');
            BackfillLink::run($run, $way);
            MonthEnd::run($run, $way);
        });
    }

    /**
     * The code, from one tab into the other.
     */
    private static function connect(Run $run, SetUpWay $way): void
    {
        $way->openConfiguration();
        $code = $way->pairingCode();
        $person = $way->merchant;
        $person->fill('#shop-address', rtrim($run->baseUrl, '/'));
        $person->fill('#code', $code);
        $person->click('#shop button', '.notice');
        $person->picture('shop-connected');
        $told = $person->text('.notice');
        $run->check(str_contains($told, 'both sides have proved it'), 'the relay says: connected', $told);
        $way->shopSaysConnected();
    }
}
