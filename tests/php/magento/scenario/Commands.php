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
