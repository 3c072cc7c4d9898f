<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Scenario;

use Byte8\SageAccounting\Tools\Magento\Run;

/**
 * The commands.
 */
class Commands
{
    public static function run(Run $run): void
    {
        $run->part('commands');
        $programs = $run->programs;
        $first = '--id=' . $run->early['invoice'][0];
        [$status, $output] = $programs->magento(['byte8:sage:dry-run', 'invoice', $first]);
        $run->check($status === 0 && str_contains($output, 'Magento total'), 'dry run of a document', $output);
        [$status, $output] = $programs->magento(['byte8:sage:dry-run', 'invoice', '--from=2020-01-01']);
        $run->check($status === 0 && preg_match('/^reject\s+0$/m', $output) === 1, 'dry run of a range', $output);
        foreach (['invoice', 'creditmemo'] as $type) {
            // The first run may queue what this Magento had before; the second finds nothing more.
            $programs->magento(['byte8:sage:' . $type . ':sync', '--from=2020-01-01']);
            [$status, $output] = $programs->magento(['byte8:sage:' . $type . ':sync', '--from=2020-01-01']);
            $isNothing = $status === 0 && str_contains($output, ' 0 events queued');
            $run->check($isNothing, 'a backfill adds nothing twice: ' . $type, $output);
        }
        $progress = $programs->drive('backfill', '2020-01-01');
        $isNothing = ($progress['finishedAt'] ?? null) !== null && $progress['queued'] === 0
            && $progress['checked'] === $progress['records'];
        $run->check($isNothing, 'nor does the backfill of the admin, to its end', $progress);
        $days = ['--from=' . gmdate('Y-m-d', time() - 86400), '--to=' . gmdate('Y-m-d', time() + 86400)];
        [$status, $output] = $programs->magento(['byte8:sage:shop:report', ...$days]);
        $run->check($status === 0, 'the totals are told to the relay, or it is too old for them', $output);
        [$status, $output] = $programs->magento(['byte8:sage:shop:report', '--from=2026-02-31', '--to=2026-03-01']);
        $run->check($status === 1 && str_contains($output, 'is not a date'), 'but not those of no days', $output);
        foreach (['customer', 'product'] as $type) {
            $id = '--id=' . $run->early[$type][0];
            [$status, $output] = $programs->magento(['byte8:sage:' . $type . ':sync', $id]);
            $run->check($status === 0 && str_contains($output, '1 event'), 'one ' . $type . ' again', $output);
        }
        [$status, $output] = $programs->magento(['byte8:sage:invoice:sync', $first]);
        $run->check($status === 0 && str_contains($output, '2 events'), 'one invoice again', $output);
        $run->check($run->waitingAfterRuns(300) === [], 'and the relay recognises it');
        $run->agrees($run->early);
        [$status, $output] = $programs->magento([
            'byte8:sage:outbox:inspect', '--state=all', '--json', '--limit=1',
        ]);
        $run->check($status === 0 && is_array(json_decode($output, true)), 'inspect', $output);
        [$status, $output] = $programs->magento(['byte8:sage:sync-state:backfill']);
        $hasStatuses = $status === 0 && preg_match('/[1-9][0-9]* statuses/', $output) === 1;
        $run->check($hasStatuses, 'sync-state backfill', $output);
        [$status, $output] = $programs->magento(['byte8:sage:selftest']);
        $run->check($status === 0, 'self-test', $output);
        [$status, $output] = $programs->magento(['byte8:sage:outbox:cleanup', '--days=0']);
        $run->check($status === 0, 'cleanup', $output);
        foreach (['sales_invoices', 'sales_credit_notes'] as $collection) {
            $posted = array_count_values(array_column($programs->ledger()[$collection], 'reference'));
            $run->check(max($posted) === 1, 'nothing of ' . $collection . ' stands in Sage twice', $posted);
        }
    }
}
