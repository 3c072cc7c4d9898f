<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Scenario;

use Byte8\SageAccounting\Tools\Magento\AdminUser;
use Byte8\SageAccounting\Tools\Magento\DevTools;
use Byte8\SageAccounting\Tools\Magento\Run;

/**
 * The pages of the real admin in a real browser, as an administrator who is made and forgotten for it.
 */
class AdminPages
{
    private const DASHBOARD = 'byte8/sage_accounting/dashboard_url';

    private const OURS = "document.querySelector('.byte8-screen, .byte8-panel, .byte8-info')?.offsetParent";

    /** Widths of windows; Magento's own pages are never narrower than the first. */
    private const WIDTHS = [1024, 1280, 1600];

    /** What a page shows of ours, or all where that is nothing. */
    private const CONTENT = "(document.querySelector('.byte8-screen, .byte8-panel, .byte8-info') ?? document.body)"
        . '.outerHTML.slice(0, 3000)';

    /** What no merchant can read: times of programs, digests. */
    private const RAW = '/\\+00:00|UTC|[0-9]T[0-9]{2}:|[0-9a-f]{12}/';

    public static function run(Run $run): void
    {
        $run->part('the admin in a browser');
        $programs = $run->programs;
        if ($run->browserObstacle() !== null) {
            $run->leftOut($run->browserObstacle());

            return;
        }
        $orders = self::orders($run);
        [, $formKey] = $programs->magento(['config:show', 'admin/security/use_form_key'], false);
        $programs->magento(['config:set', 'admin/security/use_form_key', '0'], false);
        $programs->magento(['config:set', self::DASHBOARD, 'https://ledger.example'], false);
        $user = new AdminUser($programs);
        $programs->magento(['cache:flush'], false);
        $browser = DevTools::start($programs->folder, 1500, 1000);
        try {
            $admin = $run->adminUrl();
            $browser->open($admin, "document.querySelector('#username')", 120);
            $run->check($user->signIn($browser), 'login');
            self::pages($run, $browser, $admin, $orders);
            self::widths($run, $browser, $admin, $orders);
            self::keyboard($run, $browser, $admin);
            self::buttons($run, $browser, $admin);
            self::selection($run, $browser, $admin);
        } finally {
            $browser->stop();
            $user->forget();
            $usual = trim($formKey) === '0' ? '0' : '1';
            $programs->magento(['config:set', 'admin/security/use_form_key', $usual], false);
            $programs->magento(['config:set', self::DASHBOARD, ''], false);
        }
    }

    /**
     * Orders of every kind, the newest in the grid.
     *
     * @return array<string, int> ids by what became of them
     */
    private static function orders(Run $run): array
    {
        Pairing::settings($run, 'gb_everything');
        // After a clean-up the shop would not know what was sent of the invoice.
        $run->programs->magento(['byte8:sage:invoice:sync', '--id=' . $run->early['invoice'][0]]);
        $run->waitingAfterRuns();
        $ids = [];
        foreach (['open' => null, 'invoiced' => 'order-invoice', 'canceled' => 'order-cancel'] as $kind => $action) {
            $ids[$kind] = $run->programs->drive('order')['id'];
            $run->waitingAfterRuns();
            if ($action !== null) {
                $run->programs->drive($action, (string) $ids[$kind]);
            }
        }
        $run->waitingAfterRuns();

        return $ids;
    }

    /**
     * @param array<string, int> $orders
     */
    private static function pages(Run $run, DevTools $browser, string $admin, array $orders): void
    {
        $pictures = getenv('BYTE8_SCREENSHOTS') ?: $run->programs->folder;
        $invoice = $run->early['invoice'][0];
        // The grid is sorted anew below, and covered until then.
        $chips = "document.querySelectorAll('td .byte8-chip').length > 0"
            . " && ![...document.querySelectorAll('.admin__data-grid-loading-mask')].some(mask => mask.offsetParent)";
        $grids = [
            'invoices' => ['sales/invoice/', 'sales_order_invoice_grid'],
            'creditmemos' => ['sales/creditmemo/', 'sales_order_creditmemo_grid'],
            'orders' => ['sales/order/', 'sales_order_grid'],
            'customers' => ['customer/index/', 'customer_listing'],
            'products' => ['catalog/product/', 'product_listing'],
        ];
        foreach ($grids as $name => [$path, $grid]) {
            $browser->open($admin . '/' . $path, "document.querySelector('.data-row')", 180);
            // Newest first, because a shop may already have more than one page of them.
            $browser->evaluate("require(['uiRegistry'], registry => registry.get('" . $grid . '.' . $grid
                . "_data_source', source => source.set('params.sorting', {field: 'entity_id', direction: 'desc'})))");
            $isThere = $browser->waitFor($chips, 60);
            $browser->picture($pictures . '/admin-' . $name . '.png');
            $run->check($isThere, 'grid: ' . $name, $browser->evaluate('document.body.innerText.slice(0, 500)'));
        }
        $pages = [
            'invoice' => [
                'sales/order_invoice/view/invoice_id/' . $invoice . '/',
                "document.querySelector('.byte8-info a[href^=\"https://ledger.example/b/e2e/documents/\"]')"
                    . ".textContent.includes('SI-') && document.querySelector('.byte8-sent table td.byte8-amount')",
            ],
            'order' => [
                'sales/order/view/order_id/' . $orders['open'] . '/',
                "document.querySelector('.byte8-info').textContent.includes('SE-')",
            ],
            'order_invoiced' => [
                'sales/order/view/order_id/' . $orders['invoiced'] . '/',
                "document.querySelector('.byte8-info .byte8-chip').textContent.includes('Invoiced')"
                    . " && document.querySelector('.byte8-info td a[href*=\"invoice_id\"]')",
            ],
            'order_canceled' => [
                'sales/order/view/order_id/' . $orders['canceled'] . '/',
                "document.querySelector('.byte8-info .byte8-chip').textContent.includes('Canceled')",
            ],
            'config' => [
                'admin/system_config/edit/section/byte8/',
                "document.querySelectorAll('.byte8-panel .byte8-step-done').length >= 4",
            ],
            'overview' => [
                'byte8_sage/overview/index/',
                "document.querySelector('.byte8-tiles') && document.querySelector('.byte8-list .byte8-chip')",
            ],
            'backfill' => [
                'byte8_sage/backfill/index/?from=2020-01-01&to=2030-12-31&types[]=invoice&types[]=creditmemo',
                "document.querySelector('.byte8-card form[method=post]')",
            ],
            'dry_run_range' => [
                'byte8_sage/dryRun/index/?type=invoice&from=2020-01-01',
                "document.querySelector('.byte8-totals') && document.querySelector('.byte8-day ._has-datepicker')"
                    . " && document.querySelector('input[type=hidden][name=from]').value === '2020-01-01'",
            ],
            'dry_run' => [
                'byte8_sage/dryRun/index/?type=invoice&entity=' . $invoice,
                "document.querySelector('.byte8-page table').textContent.includes('£')",
            ],
        ];
        foreach ($pages as $name => [$path, $condition]) {
            $isThere = $browser->open($admin . '/' . $path, $condition, 180);
            $browser->evaluate("document.querySelector('.byte8-info')?.scrollIntoView({block: 'center'})");
            $browser->picture($pictures . '/admin-' . $name . '.png');
            $seen = $isThere ? '' : $browser->evaluate(self::CONTENT);
            $run->check($isThere, 'page: ' . $name, $seen);
            $raw = $browser->evaluate("[...document.querySelectorAll('.byte8-info, .byte8-panel, .byte8-screen')]"
                . '.map(part => part.innerText.match(' . self::RAW . ')?.[0]).find(found => found) ?? ""');
            $run->check($raw === '', 'and says nothing raw: ' . $name, $raw);
        }
        $found = $run->programs->drive('grid', 'sales_order_grid_data_source', 'synced', (string) $orders['invoiced']);
        $run->check($found['isThere'], 'the grid of orders, filtered by what became of their invoices', $found);
        $browser->open($admin . '/sales/order/', $chips, 180);
        $seen = $browser->evaluate("[...document.querySelectorAll('td .byte8-chip')].map(chip => chip.textContent)");
        $run->check(preg_grep('/Invoice: In Sage/', $seen ?? []) !== [], 'orders show their invoices', $seen);
    }

    /**
     * Nothing is wider than the window.
     *
     * @param array<string, int> $orders
     */
    private static function widths(Run $run, DevTools $browser, string $admin, array $orders): void
    {
        $pictures = getenv('BYTE8_SCREENSHOTS') ?: $run->programs->folder;
        $pages = [
            'overview' => 'byte8_sage/overview/index/',
            'config' => 'admin/system_config/edit/section/byte8/',
            'dry_run' => 'byte8_sage/dryRun/index/?type=invoice&entity=' . $run->early['invoice'][0],
            'invoice' => 'sales/order_invoice/view/invoice_id/' . $run->early['invoice'][0] . '/',
            'order' => 'sales/order/view/order_id/' . $orders['invoiced'] . '/',
        ];
        foreach (self::WIDTHS as $width) {
            $tab = $browser->tab($width, 1000);
            foreach ($pages as $name => $path) {
                $tab->open($admin . '/' . $path, self::OURS, 120);
                $tab->picture($pictures . '/admin-' . $name . '-' . $width . '.png', true);
                $wide = $tab->evaluate("[...document.querySelectorAll('.byte8-card, .byte8-panel, .byte8-tiles')]"
                    . '.map(part => Math.ceil(part.getBoundingClientRect().right)).find(right => right > innerWidth)'
                    . ' ?? 0');
                $run->check($wide === 0, $name . ' fits into ' . $width . ' pixels', $wide);
            }
            $tab->stop();
        }
    }

    /**
     * All that can be clicked can be reached with the keyboard, and says what it is.
     */
    private static function keyboard(Run $run, DevTools $browser, string $admin): void
    {
        $pages = [
            'sales/order_invoice/view/invoice_id/' . $run->early['invoice'][0] . '/', 'byte8_sage/overview/index/',
            'byte8_sage/dryRun/index/', 'admin/system_config/edit/section/byte8/',
        ];
        foreach ($pages as $path) {
            $browser->open($admin . '/' . $path, self::OURS, 120);
            $browser->evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })");
            $parts = '.byte8-screen, .byte8-panel, .byte8-info';
            $unreachable = $browser->evaluate("[...document.querySelectorAll('" . $parts . "')].flatMap(part => "
                . "[...part.querySelectorAll('a, button, summary, select, input:not([type=hidden])')])"
                . '.filter(each => { each.focus(); return document.activeElement !== each'
                . " || (each.textContent.trim() === '' && !each.labels?.length); })"
                . '.map(each => each.outerHTML.slice(0, 200))');
            $run->check($unreachable === [], 'the keyboard reaches everything: ' . $path, $unreachable);
        }
    }

    private static function buttons(Run $run, DevTools $browser, string $admin): void
    {
        $browser->open(
            $admin . '/admin/system_config/edit/section/byte8/',
            "document.querySelector('[data-byte8-url*=selfTest]') && window.FORM_KEY",
            60
        );
        $answers = "document.querySelector('[data-byte8-answer]').textContent.includes('relay: responds')";
        $click = "document.querySelector('[data-byte8-url*=selfTest]').click()";
        $isAnswered = false;
        // The button works once its script is loaded.
        for ($try = 0; $try < 10 && !$isAnswered; $try++) {
            $browser->evaluate($click);
            $isAnswered = $browser->waitFor($answers, 3);
        }
        $seen = $browser->evaluate("document.querySelector('[data-byte8-answer]').textContent");
        $run->check($isAnswered, 'the self-test button answers', $seen);

        $invoice = $run->early['invoice'][1];
        $page = $admin . '/sales/order_invoice/view/invoice_id/' . $invoice . '/';
        $presses = [
            'hold' => "document.querySelector('.byte8-info .byte8-chip-hold')",
            'release' => "document.querySelector('.byte8-info [value=hold]')",
            'never' => "document.querySelector('.byte8-info .byte8-chip-never')",
        ];
        $browser->open($page, "document.querySelector('.byte8-info')", 120);
        foreach ($presses as $button => $condition) {
            $browser->evaluate("document.querySelector('.byte8-info [value=" . $button . "]').click()");
            $run->check($browser->waitFor($condition, 120), 'button: ' . $button);
        }
        $browser->evaluate("document.querySelector('.byte8-info [value=release]').click()");
        $browser->waitFor($presses['release'], 120);
        $browser->evaluate("document.querySelector('.byte8-info form[action*=resync] button').click()");
        $said = $browser->waitFor("document.querySelector('.message-success') && " . $presses['release'], 120);
        $run->check($said, 'button: Resync', $browser->evaluate('document.body.innerText.slice(0, 500)'));
        // After a clean-up the shop has no details of the first delivery.
        $waiting = $run->waitingAfterRuns();
        $run->check($waiting === [], 'and what was sent again is recognised', $waiting);
        $run->agrees($run->early);
    }

    /**
     * Actions on a selection in the grid of invoices.
     */
    private static function selection(Run $run, DevTools $browser, string $admin): void
    {
        $grid = 'sales_order_invoice_grid.sales_order_invoice_grid.';
        $actions = [
            'hold' => "document.querySelector('.message-success') && document.querySelector('td .byte8-chip-hold')",
            'release' => "document.querySelector('.message-success') && document.querySelector('td .byte8-chip')"
                . " && !document.querySelector('td .byte8-chip-hold')",
        ];
        foreach ($actions as $action => $condition) {
            $browser->open($admin . '/sales/invoice/', "document.querySelector('td .byte8-chip')", 180);
            $parts = "['" . $grid . "sales_order_invoice_columns.ids', '" . $grid . "listing_top.listing_massaction',"
                . " 'sales_order_invoice_grid.sales_order_invoice_grid_data_source']";
            // One that the first page shows.
            $browser->evaluate("require(['uiRegistry'], registry => registry.get(" . $parts
                . ', (ids, actions, source) => { ids.select(source.data.items[0].entity_id, false);'
                . " actions.applyAction('byte8_sage_" . $action . "'); }))");
            $isDone = $browser->waitFor($condition, 180);
            $seen = $browser->evaluate('document.body.innerText.slice(0, 500)');
            $run->check($isDone, 'action on a selection: ' . $action, $seen);
        }
    }
}
