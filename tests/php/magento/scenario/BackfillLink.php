<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Scenario;

use Byte8\SageAccounting\Tools\Magento\Run;
use Byte8\SageAccounting\Tools\Magento\SetUpWay;

/**
 * From the set-up guide to the backfill in the shop's admin, by a link that has no secret key of Magento's.
 */
class BackfillLink
{
    private const LINK = '#live a[href*="/byte8_sage/backfill/"]';

    private const PAGE = '.byte8-screen .byte8-form';

    private const START = '.byte8-card form[action*="backfill/start"] button';

    private const WARNING = '.byte8-card .message-warning';

    private const SECONDS = 180;

    public static function run(Run $run, SetUpWay $way): void
    {
        $run->part('the backfill, by the link in the dashboard');
        $older = self::olderInvoice($run);
        $person = $way->merchant;
        $person->visit($way->guide(), '#live');
        $person->pressHere('#live summary', '#live details[open]');
        $person->choose('#since', gmdate('Y-m-d', time() - 3 * 86400));
        $person->click('#live details button', '.notice');
        $link = $person->linkOf(self::LINK);
        $run->check(str_starts_with($link, $run->adminUrl()), 'the link leads into the admin of the shop', $link);
        $person->click(self::LINK, self::PAGE);
        $person->picture('backfill', false);
        $run->check(!str_contains($person->address(), '/key/'), 'and opens without a secret key', $person->address());
        $person->click('.byte8-form button[type=submit]', self::START);
        // The shop fetches the first day with its next cycle, and warns until then.
        for ($end = time() + self::SECONDS; $person->isThere(self::WARNING) && time() < $end; sleep(5)) {
            $person->visit($link, self::PAGE);
            $person->click('.byte8-form button[type=submit]', self::START);
        }
        $run->check(!$person->isThere(self::WARNING), 'it proposes days that the settings do not leave out');
        $person->picture('backfill-size', false);
        $person->click(self::START, '.message-success');
        $person->picture('backfill-begun', false);
        $way->waitForSage($older);
        $person->visit($link, '.byte8-screen');
        $told = $person->text('.byte8-card');
        $run->check(str_contains($told, 'Finished'), 'the backfill runs to its end', $told);
        $person->picture('backfill-finished', false);
        self::notSignedIn($run, $way, $link);
    }

    /**
     * An invoice of yesterday that was made before the module was there.
     *
     * @return array{id: int, number: string, total: string}
     */
    private static function olderInvoice(Run $run): array
    {
        $programs = $run->programs;
        $programs->stop('cron');
        $order = $programs->drive('order');
        $invoice = $programs->drive('order-invoice', (string) $order['id']);
        $programs->drive('uncaptured', (string) $invoice['id']);
        $programs->drive('day-older', (string) $invoice['id']);
        $programs->startCron();

        return $invoice;
    }

    /**
     * Somebody else's browser asks for name and password first.
     */
    private static function notSignedIn(Run $run, SetUpWay $way, string $link): void
    {
        $browser = $way->stranger();
        $page = "document.querySelector('" . self::PAGE . "')";
        try {
            $isAsked = $browser->open($link, "document.querySelector('#login-form')", self::SECONDS);
            $browser->picture($way->log->picture('backfill-not-signed-in'));
            $run->check($isAsked && $browser->evaluate($page . ' === null'), 'who is not signed in is asked to');
            $run->check($way->user->signIn($browser), 'and comes into the admin');
            // With secret keys Magento shows its own first page after signing in, whatever was asked for.
            $isShown = $browser->open($link, $page, self::SECONDS);
            $browser->picture($way->log->picture('backfill-signed-in'));
            $run->check($isShown, 'where the same link opens the page', $browser->evaluate('location.href'));
        } finally {
            $browser->stop();
        }
    }
}
