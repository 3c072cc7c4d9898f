<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Scenario;

use Byte8\SageAccounting\Tools\Magento\Run;

/**
 * Breaks one part after another: saves succeed, the admin shows the problem, after the repair everything is sent.
 */
class Drills
{
    public static function run(Run $run): void
    {
        self::relayDown($run);
        self::panic($run);
        self::notWritable($run);
        self::tableMissing($run);
    }

    private static function relayDown(Run $run): void
    {
        $run->part('the relay is down');
        $programs = $run->programs;
        $programs->stop('relay');
        $late = $programs->drive('documents');
        [$status, $output] = $programs->magento(['byte8:sage:outbox:run']);
        $run->check($status !== 0 && str_contains($output, 'relay_unreachable'), 'the run says so', $output);
        [, $output] = $programs->magento(['byte8:sage:status']);
        // The alarm comes only after five minutes, which this drill does not wait for.
        $run->check(str_contains($output, 'relay_unreachable'), 'status says so', $output);
        $programs->startRelay();
        $programs->drive('due');
        $run->check($run->waitingAfterRuns() === [], 'afterwards everything flows');
        $run->agrees($late);
    }

    private static function panic(Run $run): void
    {
        $run->part('the component panics');
        $programs = $run->programs;
        $panicked = $programs->driveBy(true, ['-d', 'byte8_sage.panic_drill=1'], 'invoice')['id'];
        $state = $run->states()['invoice.created:' . $panicked];
        $run->check($panicked > 0 && $state === 'rejected', 'the save succeeds, the event is set aside', $state);
        [, $output] = $programs->magento(['byte8:sage:outbox:inspect']);
        $run->check(str_contains($output, 'panic:'), 'inspect names the panic', $output);
        [$status, $output] = $programs->magento(['byte8:sage:outbox:requeue', '--all']);
        $run->check($status === 0, 'requeue', $output);
        $run->check($run->waitingAfterRuns() === [], 'and it flows with the next run');
        $run->check($run->states()['invoice.created:' . $panicked] === 'delivered', 'to the end');
    }

    /**
     * The database refuses every write to the module's tables, and nothing else.
     */
    private static function notWritable(Run $run): void
    {
        $run->part('the module\'s tables are read-only');
        $programs = $run->programs;
        $programs->drive('began');
        $programs->drive('refuse-writes');
        try {
            $missed = $programs->drive('documents');
            $run->check(count($missed['invoice']) === 3, 'the merchant\'s saves succeed', $missed);
            [$status, $output] = $programs->magento(['byte8:sage:selftest']);
            $isNamed = str_contains($output, 'FAIL  database') && str_contains($output, 'refused for a drill');
            $run->check($status !== 0 && $isNamed, 'the self-test says what the database said', $output);
            [$status, $output] = $programs->magento(['byte8:sage:status']);
            $isNamed = str_contains($output, 'outbox_not_writable') && str_contains($output, 'event_not_noted');
            $run->check($status !== 0 && $isNamed, 'status names both', $output);
            $message = $programs->drive('admin-message')['text'];
            $isSaid = str_contains($message, 'refused for a drill');
            $run->check($isSaid, 'the admin is told on every page', $message);
            [$status, $output] = $programs->magento(['byte8:sage:outbox:run', '--sweep']);
            $run->check($status !== 0, 'the run fails', $output);
        } finally {
            $programs->drive('allow-writes');
        }
        $ids = implode(',', $missed['invoice']);
        $programs->drive('older', $ids, implode(',', $missed['creditmemo']));
        self::swept($run, 5);
        $run->agrees($missed);
        foreach ($missed['invoice'] as $id) {
            $run->check(($run->rows()['invoice.created:' . $id] ?? 0) === 1, 'invoice ' . $id . ' is one event');
        }
        // The first sweep that covers the time of the failure clears it.
        $programs->drive('failure-older');
        $programs->magento(['byte8:sage:outbox:run', '--sweep']);
        $message = $programs->drive('admin-message')['text'];
        $isForgotten = !str_contains($message, 'could not be queued');
        $run->check($isForgotten, 'and the admin is told nothing of it any more', $message);
    }

    private static function tableMissing(Run $run): void
    {
        $run->part('a table of the module is missing');
        $programs = $run->programs;
        $programs->drive('rename', 'byte8_event_outbox', 'byte8_event_outbox_away');
        try {
            $missed = $programs->drive('invoice')['id'];
            $run->check($missed > 0, 'the merchant\'s save succeeds');
            [$status, $output] = $programs->magento(['byte8:sage:selftest']);
            $run->check($status !== 0 && str_contains($output, 'FAIL  database'), 'the self-test names it', $output);
            [$status, $output] = $programs->magento(['byte8:sage:status']);
            $run->check($status !== 0 && str_contains($output, 'outbox_not_'), 'status names it', $output);
            $message = $programs->drive('admin-message')['text'];
            $run->check($message !== '', 'the admin is told', $message);
        } finally {
            $programs->drive('rename', 'byte8_event_outbox_away', 'byte8_event_outbox');
        }
        $programs->drive('older', (string) $missed);
        self::swept($run, 1);
        $run->check(($run->states()['invoice.created:' . $missed] ?? '') === 'delivered', 'exactly as one event');
    }

    private static function swept(Run $run, int $atLeast): void
    {
        [, $output] = $run->programs->magento(['byte8:sage:outbox:run', '--sweep']);
        $found = preg_match('/Sweep: ([0-9]+)/', $output, $number) === 1 ? (int) $number[1] : 0;
        $run->check($found >= $atLeast, 'the sweep finds what was missed: ' . $found, $output);
        $run->check($run->waitingAfterRuns() === [], 'and it reaches Sage');
    }
}
