<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Scenario;

use Byte8\SageAccounting\Tools\Magento\Run;

/**
 * Orders become estimates in Sage, and what becomes of an order becomes of its estimate.
 */
class Orders
{
    private const GRID = 'sales_order_grid_data_source';

    public static function run(Run $run): void
    {
        Pairing::settings($run, 'gb_everything');
        $run->check($run->waitingAfterRuns() === [], 'the settings ask for orders');
        self::placed($run);
        self::canceled($run);
        self::invoiced($run);
        self::invoicedInParts($run);
        self::invoiceCanceled($run);
        self::edited($run);
        self::pushed($run);
        self::switchedOff($run);
    }

    private static function placed(Run $run): void
    {
        $run->part('an order is placed');
        $programs = $run->programs;
        $order = $programs->drive('order');
        $chip = $run->chip('order', $order['id']);
        $run->check(str_contains($chip, 'Queued'), 'chip: Queued', $chip);
        self::flows($run);
        self::stands($run, $order);
        $chip = $run->chip('order', $order['id']);
        $run->check(str_contains($chip, 'In Sage') && str_contains($chip, 'SE-'), 'chip: In Sage', $chip);
        self::inGrid($run, $order, ['synced' => true, 'pending' => false]);
        $found = $programs->drive('grid-queries', 'order');
        $run->check($found['queries'] <= 3, 'a page of chips takes three queries: mirror, holds and go-live', $found);

        $programs->drive('order-comment', (string) $order['id']);
        self::flows($run);
        $state = $run->states()['order.placed:' . $order['id']];
        $run->check($state === 'skipped', 'a comment changes nothing in Sage', $state);
        $chip = $run->chip('order', $order['id']);
        $run->check(str_contains($chip, 'In Sage'), 'chip: still In Sage', $chip);
    }

    private static function canceled(Run $run): void
    {
        $run->part('an order is canceled');
        $programs = $run->programs;
        $order = $programs->drive('order');
        self::flows($run);
        self::stands($run, $order);
        $canceled = $programs->drive('order-cancel', (string) $order['id']);
        $run->check($canceled['state'] === 'canceled', 'Magento cancels it', $canceled);
        self::flows($run);
        self::isGone($run, $order);
        $chip = strip_tags($run->chip('order', $order['id']));
        $run->check($chip === '✓Canceled', 'chip: Canceled', $chip);

        $order = $programs->drive('order');
        $programs->drive('order-cancel', (string) $order['id']);
        self::flows($run);
        self::isGone($run, $order);
        $chip = strip_tags($run->chip('order', $order['id']));
        $run->check(!str_contains($chip, 'In Sage') && !str_contains($chip, '!'), 'at once: needs nobody', $chip);
    }

    private static function invoiced(Run $run): void
    {
        $run->part('an order is invoiced in full');
        $programs = $run->programs;
        $order = $programs->drive('order');
        self::flows($run);
        $invoice = $programs->drive('order-invoice', (string) $order['id']);
        self::flows($run);
        self::namesInvoice($run, $order, $invoice);
        $chip = strip_tags($run->chip('order', $order['id']));
        $run->check($chip === '✓Invoiced', 'chip: Invoiced', $chip);
        self::inGrid($run, $order, ['synced' => true, 'pending' => false]);
    }

    private static function invoicedInParts(Run $run): void
    {
        $run->part('an order is invoiced in part, and the rest is canceled');
        $programs = $run->programs;
        $order = $programs->drive('order');
        self::flows($run);
        $part = $programs->drive('order-invoice-part', (string) $order['id']);
        self::flows($run);
        self::stands($run, $order);
        $chip = strip_tags($run->chip('order', $order['id']));
        $run->check($chip === '✓In Sage', 'chip: In Sage', $chip);
        $canceled = $programs->drive('order-cancel', (string) $order['id']);
        $run->check($canceled['state'] !== 'canceled', 'Magento calls it something else', $canceled);
        self::flows($run);
        self::namesInvoice($run, $order, $part);
    }

    private static function invoiceCanceled(Run $run): void
    {
        $run->part('an open invoice is canceled');
        $programs = $run->programs;
        $order = $programs->drive('order');
        $invoice = $programs->drive('order-invoice-open', (string) $order['id']);
        self::flows($run);
        self::agrees($run, $invoice);
        $reopened = $programs->drive('order-invoice-cancel', (string) $invoice['id']);
        self::flows($run);
        self::isVoid($run, $invoice);
        $chip = strip_tags($run->chip('invoice', $invoice['id']));
        $run->check(str_contains($chip, 'Void in Sage'), 'chip: Void in Sage', $chip);
        self::stands($run, $reopened);
        $chip = strip_tags($run->chip('order', $order['id']));
        $run->check($chip === '✓In Sage', 'the order is open again, chip: In Sage', $chip);
        $again = $programs->drive('order-invoice', (string) $order['id']);
        self::flows($run);
        self::namesInvoice($run, $order, $again);

        $order = $programs->drive('order');
        self::flows($run);
        $invoice = $programs->drive('order-invoice-open', (string) $order['id']);
        self::flows($run);
        self::namesInvoice($run, $order, $invoice);
        $programs->drive('order-invoice-cancel', (string) $invoice['id']);
        $programs->drive('order-cancel', (string) $order['id']);
        self::flows($run);
        self::isVoid($run, $invoice);
        self::isGone($run, $order);
    }

    private static function edited(Run $run): void
    {
        $run->part('an order is edited in the admin');
        $programs = $run->programs;
        $order = $programs->drive('order');
        self::flows($run);
        self::stands($run, $order);
        $new = $programs->drive('order-edit', (string) $order['id']);
        $old = $programs->drive('order-of', (string) $order['id']);
        $isReplaced = $old['state'] === 'canceled' && $new['number'] === $order['number'] . '-1';
        $run->check($isReplaced, 'Magento replaces it by another one', [$old, $new]);
        self::flows($run);
        self::isGone($run, $order);
        self::stands($run, $new);

        $invoice = $programs->drive('order-invoice-open', (string) $new['id']);
        $isOffered = $programs->drive('order-of', (string) $new['id'])['canEdit'];
        $run->check(!$isOffered, 'Magento lets nobody edit an order with an open invoice');
        $programs->drive('order-invoice-cancel', (string) $invoice['id']);
        $third = $programs->drive('order-edit', (string) $new['id']);
        self::flows($run);
        self::isVoid($run, $invoice);
        self::isGone($run, $new);
        self::stands($run, $third);
    }

    /**
     * The relay brings the states of orders as it brings those of invoices.
     */
    private static function pushed(Run $run): void
    {
        $run->part('the relay pushes an order\'s state');
        $programs = $run->programs;
        [$status, $output] = $programs->ledgerCli('binding:push', 'e2e', $programs->url('shop') . '/rest/V1/byte8');
        $run->check($status === 0, 'the relay is given the shop\'s address', $output);
        $order = $programs->drive('order');
        // Another request, whose save translates what the first one left to cron.
        $programs->drive('order-comment', (string) $order['id']);
        $state = $run->states()['order.placed:' . $order['id']];
        $run->check($state === 'ready', 'translated right after a later save, without cron', $state);
        $programs->drive('deliver-only');
        $waiting = $run->waitingUntouched('order');
        $run->check($waiting === [], 'it comes without a pull', $waiting);
        $chip = strip_tags($run->chip('order', $order['id']));
        $run->check($chip === '✓In Sage', 'its chip: In Sage', $chip);
        $programs->ledgerCli('binding:push', 'e2e', '--off');
    }

    private static function switchedOff(Run $run): void
    {
        $run->part('the settings ask for no orders');
        $programs = $run->programs;
        Pairing::settings($run, 'gb_base');
        self::flows($run);
        $before = $run->rows();
        $orders = [$programs->drive('order'), $programs->drive('order')];
        $programs->drive('order-cancel', (string) $orders[0]['id']);
        $programs->drive('order-invoice', (string) $orders[1]['id']);
        $programs->magento(['byte8:sage:outbox:run', '--sweep']);
        $new = array_keys(array_diff_assoc($run->rows(), $before));
        $run->check(preg_grep('/^order/', $new) === [], 'no event of an order is captured', $new);
        self::flows($run);
        foreach ($orders as $order) {
            self::isGone($run, $order);
        }
        Pairing::settings($run, 'gb_everything');
        self::flows($run);
    }

    private static function flows(Run $run): void
    {
        $waiting = $run->waitingAfterRuns();
        if ($waiting !== []) {
            $run->check(false, 'everything reaches Sage', $waiting);
        }
    }

    /**
     * @param array<string, mixed> $order
     */
    private static function stands(Run $run, array $order): void
    {
        $found = self::estimates($run, $order);
        $isThere = count($found) === 1 && bccomp((string) $found[0]['total_amount'], $order['total'], 2) === 0;
        $run->check($isThere, 'an estimate of ' . $order['total'] . ' stands in Sage', $found);
    }

    /**
     * @param array<string, mixed> $order
     */
    private static function isGone(Run $run, array $order): void
    {
        $found = self::estimates($run, $order);
        $run->check($found === [], 'no estimate of it is in Sage', $found);
    }

    /**
     * @param array<string, mixed> $order
     * @param array<string, mixed> $invoice
     */
    private static function namesInvoice(Run $run, array $order, array $invoice): void
    {
        self::agrees($run, $invoice);
        $found = self::estimates($run, $order);
        $posted = self::invoices($run, $invoice);
        $isNamed = count($found) === 1 && count($posted) === 1
            && ($found[0]['invoice']['id'] ?? '') === $posted[0]['id'];
        $run->check($isNamed, 'the estimate names the invoice', [$found, array_column($posted, 'id')]);
    }

    /**
     * @param array<string, mixed> $invoice
     */
    private static function agrees(Run $run, array $invoice): void
    {
        $run->agrees(['sales_invoices' => [$invoice['number'] => $invoice['total']]]);
    }

    /**
     * @param array<string, mixed> $invoice
     */
    private static function isVoid(Run $run, array $invoice): void
    {
        $found = self::invoices($run, $invoice);
        $isVoid = count($found) === 1 && ($found[0]['status']['id'] ?? '') === 'VOID';
        $run->check($isVoid, 'the invoice is void in Sage', $found);
    }

    /**
     * @param array<string, mixed> $order
     * @param array<string, bool> $expected
     */
    private static function inGrid(Run $run, array $order, array $expected): void
    {
        foreach ($expected as $status => $isThere) {
            $found = $run->programs->drive('grid', self::GRID, $status, (string) $order['id']);
            $run->check($found['isThere'] === $isThere, 'the grid of orders, filtered by ' . $status, $found);
        }
    }

    /**
     * @param array<string, mixed> $order
     * @return array<int, array<string, mixed>>
     */
    private static function estimates(Run $run, array $order): array
    {
        return self::named($run, 'sales_estimates', $order['number']);
    }

    /**
     * @param array<string, mixed> $invoice
     * @return array<int, array<string, mixed>>
     */
    private static function invoices(Run $run, array $invoice): array
    {
        return self::named($run, 'sales_invoices', $invoice['number']);
    }

    /**
     * @return array<int, array<string, mixed>>
     */
    private static function named(Run $run, string $collection, string $number): array
    {
        return array_values(array_filter(
            $run->programs->ledger()[$collection] ?? [],
            static fn (array $object): bool => ($object['reference'] ?? '') === $number
                && ($object['$simulator_deleted'] ?? false) !== true
        ));
    }
}
