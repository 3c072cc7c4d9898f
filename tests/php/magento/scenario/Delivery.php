<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Scenario;

use Byte8\SageAccounting\Tools\Magento\Run;

/**
 * From the outbox to Sage and back into the admin.
 */
class Delivery
{
    public static function run(Run $run): void
    {
        $run->part('delivery');
        $programs = $run->programs;
        $programs->magento(['byte8:sage:outbox:run']);
        [, $output] = $programs->magento(['byte8:sage:status', '--json']);
        $status = json_decode($output, true);
        $run->check(($status['settingsDigest'] ?? '') !== '', 'the settings are pulled from the relay', $output);
        $problems = $status['settingsProblems'] ?? null;
        $run->check($problems === [], 'and are fit to use', $problems ?? $output);
        $waiting = $run->waitingAfterRuns();
        $run->check($waiting === [], 'everything captured before pairing reaches Sage', $waiting);
        $run->agrees($run->early);
        $differing = array_filter(
            $programs->drive('mirror'),
            static fn (array $row): bool => $row['expected_total'] !== $row['ledger_total']
        );
        $run->check($differing === [], 'expected and posted totals agree in the mirror', $differing);
        $chip = $run->chip('invoice', $run->early['invoice'][0]);
        $run->check(str_contains($chip, 'In Sage'), 'chip: In Sage', $chip);
        $documents = $programs->drive('documents');
        $states = $run->states();
        $isReady = ($states['invoice.created:' . $documents['invoice'][0]] ?? '') === 'ready';
        $run->check($isReady, 'translated right after the commit, without cron', $states);
        $run->check($run->waitingAfterRuns() === [], 'and delivered by the next run');
        $run->agrees($documents);
        self::rolledBack($run);
        self::keptBack($run);
        self::currencies($run);
        self::pushed($run);
    }

    private static function rolledBack(Run $run): void
    {
        $run->part('a save that is rolled back');
        $before = $run->states();
        $run->programs->drive('rolled-back-invoice');
        $new = array_diff(array_keys($run->states()), array_keys($before));
        $run->check(preg_grep('/^invoice/', $new) === [], 'leaves no event', $new);
    }

    private static function keptBack(Run $run): void
    {
        $run->part('kept back');
        $held = $run->programs->drive('invoice')['id'];
        $run->programs->drive('hold', (string) $held);
        $run->programs->magento(['byte8:sage:outbox:run']);
        $run->check($run->states()['invoice.created:' . $held] === 'ready', 'a held invoice is not sent');
        $run->programs->drive('release', (string) $held);
        $run->check($run->waitingAfterRuns() === [], 'a released one is');
    }

    /**
     * A customer who ordered in euros too has two contacts in Sage, and two chips.
     */
    private static function currencies(Run $run): void
    {
        $run->part('a customer with two currencies');
        $programs = $run->programs;
        Pairing::settings($run, 'gb_everything');
        $made = $programs->drive('customer-orders');
        $run->check($run->waitingAfterRuns() === [], 'orders in pounds and in euros reach Sage');
        $run->agrees($made);
        $chip = strip_tags($run->chip('customer', $made['customer']));
        $hasBoth = str_contains($chip, 'GBP: In Sage') && str_contains($chip, 'EUR: In Sage');
        $run->check($hasBoth, 'a chip for each currency', $chip);
        foreach (['synced' => true, 'failed' => false, 'none' => false] as $status => $isThere) {
            $found = $programs->drive('grid', 'customer_listing_data_source', $status, (string) $made['customer']);
            $run->check($found['isThere'] === $isThere, 'the grid of customers, filtered by ' . $status, $found);
        }
        $invoice = (string) $run->early['invoice'][0];
        foreach (['synced' => true, 'pending' => false] as $status => $isThere) {
            $found = $programs->drive('grid', 'sales_order_invoice_grid_data_source', $status, $invoice);
            $run->check($found['isThere'] === $isThere, 'the grid of invoices, filtered by ' . $status, $found);
        }
        $found = $programs->drive('grid-queries', 'invoice');
        $run->check($found['queries'] <= 3, 'a page of chips takes three queries: mirror, holds and go-live', $found);
    }

    /**
     * The relay brings the states into the shop's REST interface; nobody pulls.
     */
    private static function pushed(Run $run): void
    {
        $run->part('the relay pushes');
        $programs = $run->programs;
        $programs->stop('relay');
        $forgotten = $programs->drive('forget-answers')['rows'];
        $run->check($forgotten > 10, 'the shop forgets what it was told', $forgotten);
        $programs->startRelay();
        [$status, $output] = $programs->ledgerCli('binding:push', 'e2e', $programs->url('shop') . '/rest/V1/byte8');
        $run->check($status === 0, 'the relay is given the shop\'s address', $output);
        $waiting = $run->waitingUntouched('invoice');
        $run->check($waiting === [], 'and the relay says it again by itself', $waiting);
        $forgotten = array_filter(
            $programs->drive('mirror'),
            static fn (array $row): bool => $row['sync_status'] === 'synced' && $row['ledger_reference'] === null
                && $row['entity_type'] === 'invoice' && $row['aspect'] === 'document'
        );
        $run->check($forgotten === [], 'references and all', $forgotten);
        $chip = strip_tags($run->chip('invoice', $run->early['invoice'][0]));
        $run->check(str_contains($chip, 'In Sage'), 'chip: In Sage', $chip);
        $late = $programs->drive('invoice')['id'];
        $programs->drive('deliver-only');
        $waiting = $run->waitingUntouched('invoice');
        $run->check($waiting === [], 'a new invoice\'s state comes without a pull', $waiting);
        $chip = strip_tags($run->chip('invoice', $late));
        $run->check(str_contains($chip, 'In Sage'), 'its chip: In Sage', $chip);
        $programs->ledgerCli('binding:push', 'e2e', '--off');
    }
}
