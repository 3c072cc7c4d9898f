<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Scenario;

use Byte8\SageAccounting\Tools\Magento\Run;

/**
 * Neither extension nor settings nor relay: saves succeed, events wait, and each lack is named.
 */
class Unpaired
{
    public static function run(Run $run): void
    {
        $run->part('neither extension nor settings nor relay');
        $programs = $run->programs;
        $run->early = $early = $programs->driveBy(false, [], 'documents');
        $run->check(count($early['invoice']) === 3, 'the merchant\'s saves succeed', $early);
        $rows = $run->states();
        $expected = array_merge(
            array_map(static fn (int $id): string => 'invoice.created:' . $id, $early['invoice']),
            array_map(static fn (int $id): string => 'invoice.paid:' . $id, $early['invoice']),
            ['creditmemo.created:' . $early['creditmemo'][0], 'customer.upserted:' . $early['customer'][0],
                'product.upserted:' . $early['product'][0]]
        );
        $captured = array_keys($rows, 'captured', true);
        $run->check(array_diff($expected, $captured) === [], 'all five kinds of events are captured', $rows);
        [$status, $output] = $programs->magento(['byte8:sage:status'], false);
        $namesIt = str_contains($output, 'byte8_sage is not loaded');
        $run->check($status !== 0 && $namesIt, 'status names the missing extension', $output);
        [$status, $output] = $programs->magento(['byte8:sage:outbox:run']);
        $namesIt = str_contains($output, 'settings_absent');
        $run->check($status !== 0 && $namesIt, 'the run names the absent settings', $output);
        $chip = $run->chip('invoice', $early['invoice'][0]);
        $run->check(str_contains($chip, 'Queued'), 'chip: Queued', $chip);
    }
}
