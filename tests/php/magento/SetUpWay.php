<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

/**
 * The steps of a merchant's way from the first link to the first invoice in Sage: in the dashboard of a fresh relay, at
 * Sage, and in the admin of the shop, in two tabs of one browser. Cron runs every minute, nobody uses a terminal.
 */
class SetUpWay
{
    public const DASHBOARD = 'dashboard';
    public const SAGE = 'Sage';
    public const SHOP = 'shop';

    private const WIDTH = 1500;
    private const HEIGHT = 1000;
    private const PANEL = '.byte8-panel [data-byte8-answer]';
    private const SECONDS_TO_SAGE = 180;
    private const SECONDS_TO_SIGN_IN = 180;
    private const SECONDS_TO_LOAD = 40;

    private string $binding = '';

    /** @var array{id: int, number: string, total: string} */
    private array $lastInvoice;

    public readonly FreshRelay $relay;

    public readonly Person $merchant;

    public readonly Person $shopkeeper;

    public readonly ActionLog $log;

    public readonly AdminUser $user;

    private readonly DevTools $browser;

    private readonly DevTools $tab;

    private readonly Person $atSage;

    /**
     * Goes a way from a shop that is not connected to its end, and tells whatever stops it.
     *
     * @param bool $reachesShop whether the relay may call the shop
     * @param \Closure(self): void $steps
     */
    public static function go(Run $run, string $name, bool $reachesShop, \Closure $steps): void
    {
        if ($run->browserObstacle() !== null) {
            $run->leftOut($run->browserObstacle());

            return;
        }
        // The dry run is of days that are over.
        $run->programs->drive(
            'day-older',
            implode(',', $run->early['invoice']),
            implode(',', $run->early['creditmemo'])
        );
        $way = new self($run, $name, $reachesShop);
        try {
            $way->disconnectShop();
            // What was done before does not count.
            $way->log->begin();
            $steps($way);
        } catch (\RuntimeException $exception) {
            $run->check(false, 'the way goes on', $exception->getMessage());
        } finally {
            $way->end();
        }
    }

    private function __construct(private readonly Run $run, string $name, bool $reachesShop)
    {
        $folder = $run->programs->folder . '/' . $name;
        $this->relay = new FreshRelay($folder, $reachesShop);
        $this->user = new AdminUser($run->programs);
        $this->browser = DevTools::start($folder, self::WIDTH, self::HEIGHT);
        $this->tab = $this->browser->tab(self::WIDTH, self::HEIGHT);
        $run->programs->startCron();
        $this->signInToShop();
        $this->log = new ActionLog(getenv('BYTE8_SCREENSHOTS') ?: $folder, $name);
        $this->merchant = new Person($this->browser, $this->log, self::DASHBOARD);
        $this->atSage = new Person($this->browser, $this->log, self::SAGE);
        $this->shopkeeper = new Person($this->tab, $this->log, self::SHOP);
    }

    /**
     * The one-time link, the consent at Sage, and which of the businesses.
     */
    public function createAccountAndConnectSage(): void
    {
        $person = $this->merchant;
        $person->visit($this->relay->firstLink, '#name');
        $person->picture('first-account');
        $person->fill('#name', 'Merchant');
        $person->fill('#email', 'merchant@example.com');
        $person->fill('#password', 'correct horse battery');
        $person->click('form[method=post] button', 'ol.steps');
        $person->picture('add-a-business');
        $person->click('ol.steps button', '#allow');
        $person->picture('consent-at-sage');
        $this->atSage->click('#allow', 'input[name=business]');
        $person->picture('choose-the-business');
        $person->click('main form button', '#shop.next form');
        $person->picture('sage-connected');
        $this->run->check(str_contains($person->text('#sage'), 'Done'), 'Sage is connected', $person->text('#sage'));
        preg_match('~/b/([^/]+)/setup~', $person->address(), $found);
        $this->binding = $found[1] ?? '';
    }

    /**
     * Stores → Configuration → Sage Accounting, from wherever in the admin.
     */
    public function openConfiguration(): void
    {
        $person = $this->shopkeeper;
        $person->pressHere('li.item-stores > a', 'li.item-stores._show');
        $person->click('li.item-system-config a', '.config-nav');
        $person->click('.config-nav a[href*="section/byte8"]', '.byte8-panel');
        $this->waitForScripts();
    }

    /**
     * @return string the code that the admin shows
     */
    public function pairingCode(): string
    {
        $person = $this->shopkeeper;
        $person->pressHere('[data-byte8-url*=newCode]', self::PANEL . ' p');
        $person->picture('pairing-code', false);
        preg_match('/[A-Z2-9]{4}(-[A-Z2-9]{4}){3}/', $person->text(self::PANEL), $code);
        $this->run->check($code !== [], 'the admin shows a pairing code', $person->text(self::PANEL));

        return $code[0] ?? '';
    }

    /**
     * The name under which the set-up in the dashboard made the connection.
     */
    public function binding(): string
    {
        return $this->binding;
    }

    public function guide(): string
    {
        return $this->relay->dashboard . '/b/' . $this->binding . '/setup';
    }

    /**
     * The admin says that it is connected, and to which relay.
     */
    public function shopSaysConnected(): void
    {
        $this->reloadConfiguration();
        $this->shopkeeper->picture('shop-says-connected', false);
        $told = $this->shopkeeper->text('.byte8-panel');
        $expected = 'Connected to ' . parse_url($this->relay->url(), PHP_URL_HOST);
        $this->run->check(str_contains($told, $expected), 'the shop says: connected', [$expected, $told]);
    }

    /**
     * Confirms what is proposed, looks at the dry run, goes live.
     */
    public function confirmCheckAndGoLive(): void
    {
        $person = $this->merchant;
        $person->wait('#map.next form');
        $person->picture('map');
        $map = $person->text('#map');
        $isProposed = str_contains($map, 'Proposed') && str_contains($map, 'Check / Money order')
            && str_contains($map, '20');
        $this->run->check($isProposed, 'settings are proposed from what the shop has', $map);
        $person->click('#map button', '#check');
        $person->wait('#live.next form');
        $person->picture('check');
        $check = $person->text('#check');
        preg_match('/Invoice\s+([0-9]+)\s/', $check, $found);
        $isReal = (int) ($found[1] ?? 0) >= count($this->run->early['invoice']);
        $this->run->check($isReal, 'the dry run is of the documents that the shop has', $check);
        $person->click('#live button', '.notice');
        $person->picture('live');
        $this->run->check(str_contains($person->text('.notice'), 'Live'), 'live', $person->text('.notice'));
    }

    /**
     * Invoices an order in the admin; the invoice comes to Sage, and its status back to the shop.
     */
    public function invoiceOrder(): void
    {
        $order = $this->run->programs->drive('order');
        $view = 'td a[href*="order_id/' . $order['id'] . '/"]';
        $person = $this->shopkeeper;
        $person->pressHere('li.item-sales > a', 'li.item-sales._show');
        $person->click('li.item-sales-order a', $view);
        $person->click($view, '#order_invoice');
        $person->click('#order_invoice', '.submit-button:not(:disabled)');
        $person->click('.submit-button', '.message-success');
        $invoice = $this->run->programs->drive('order-invoices', (string) $order['id'])[0];
        $this->waitForSage($invoice);
        $isBack = false;
        for ($end = time() + self::SECONDS_TO_SAGE; !$isBack && time() < $end; sleep(2)) {
            $isBack = str_contains($this->run->chip('invoice', $invoice['id']), 'In Sage');
        }
        $this->run->check($isBack, 'the shop shows the invoice as "In Sage"');
        $view = 'td a[href*="invoice_id/' . $invoice['id'] . '/"]';
        $person->pressHere('#sales_order_view_tabs_order_invoices', $view);
        $person->click($view, '.byte8-info');
        $person->showing('.byte8-info');
        $person->picture('invoiced', false);
        $this->merchant->visit($this->relay->dashboard, '.health');
        $this->merchant->picture('overview');
        $health = $this->merchant->text('.health');
        $this->run->check($this->merchant->isThere('.health.good'), 'the dashboard says that all is well', $health);
    }

    /**
     * @param array{id: int, number: string, total: string} $invoice
     */
    public function waitForSage(array $invoice): void
    {
        $end = time() + self::SECONDS_TO_SAGE;
        do {
            usleep(200_000);
            $found = $this->relay->invoices($invoice['number']);
        } while ($found === [] && time() < $end);
        $this->lastInvoice = $invoice;
        printf("      in Sage after %.1f s\n", $this->log->seconds());
        $isThere = count($found) === 1 && bccomp((string) $found[0]['total_amount'], $invoice['total'], 2) === 0;
        $this->run->check($isThere, 'the invoice stands once in Sage, with its total', [$invoice, $found]);
    }

    /**
     * The last one that came to Sage.
     *
     * @return array{id: int, number: string, total: string}
     */
    public function lastInvoice(): array
    {
        return $this->lastInvoice;
    }

    /**
     * Waits for the scripts of the configuration page; opens it again where one of them did not come.
     */
    private function waitForScripts(): void
    {
        $script = "window.require?.defined('Byte8_SageAccounting/js/panel')";
        if (!$this->tab->waitFor($script, self::SECONDS_TO_LOAD)) {
            $this->shopkeeper->visit($this->shopkeeper->address(), '.byte8-panel');
            $this->shopkeeper->waitUntil($script, 'script of the panel');
        }
    }

    /**
     * A window of somebody else, who is not signed in anywhere.
     */
    public function stranger(): DevTools
    {
        $folder = $this->run->programs->folder . '/stranger';
        mkdir($folder, 0700);

        return DevTools::start($folder, self::WIDTH, self::HEIGHT);
    }

    private function disconnectShop(): void
    {
        $this->openConfiguration();
        if ($this->shopkeeper->isThere('[data-byte8-url*=disconnect]')) {
            $this->shopkeeper->pressHere('[data-byte8-url*=disconnect]', self::PANEL . ' p');
        }
        $this->shopkeeper->visit($this->run->adminUrl(), '.admin-user');
    }

    private function end(): void
    {
        $this->tab->stop();
        $this->browser->stop();
        $this->run->programs->stop('cron');
        $this->relay->stop();
        $this->user->forget();
    }

    private function reloadConfiguration(): void
    {
        $this->shopkeeper->visit($this->shopkeeper->address(), '.byte8-panel');
        $this->waitForScripts();
    }

    private function signInToShop(): void
    {
        $this->tab->open($this->run->adminUrl(), "document.querySelector('#username')", self::SECONDS_TO_SIGN_IN);
        $this->run->check($this->user->signIn($this->tab), 'signed in to the admin');
    }
}
