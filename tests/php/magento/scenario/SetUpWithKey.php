<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Scenario;

use Byte8\SageAccounting\Tools\Magento\Run;
use Byte8\SageAccounting\Tools\Magento\SetUpWay;

/**
 * The same way for a shop that the relay cannot reach: a key from the dashboard is pasted into the shop's admin.
 */
class SetUpWithKey
{
    private const FIELD = '#byte8_sage_accounting_relay_key';

    private const ANSWER = '.byte8-relay-key + [data-byte8-answer]';

    public static function run(Run $run): void
    {
        $run->part('set up in a browser, with a key from the relay');
        SetUpWay::go($run, 'setup-key', false, static function (SetUpWay $way) use ($run): void {
            $way->createAccountAndConnectSage();
            self::connect($run, $way);
            $way->confirmCheckAndGoLive();
            $way->invoiceOrder();
            $way->log->print();
        });
    }

    private static function connect(Run $run, SetUpWay $way): void
    {
        $binding = $way->binding();
        $merchant = $way->merchant;
        $merchant->pressHere('#shop details:has([action$="/connections/key"]) summary', '#key_relay_url');
        $merchant->click('[action$="/connections/key"] button', '#key');
        $merchant->picture('key');
        $text = $merchant->valueOf('#key');
        $key = json_decode($text, true);
        $run->check(($key['binding_id'] ?? '') === $binding, 'the key is that of the binding of the set-up', $binding);

        $shopkeeper = $way->shopkeeper;
        $way->openConfiguration();
        $shopkeeper->fill(self::FIELD, $text);
        $shopkeeper->pressHere('.byte8-relay-key button', self::ANSWER . ' p');
        $shopkeeper->showing(self::FIELD);
        $shopkeeper->picture('key-pasted', false);
        $told = $shopkeeper->text(self::ANSWER);
        $run->check(str_contains($told, 'The relay has accepted the key'), 'the shop takes the key', $told);
        $run->check($shopkeeper->valueOf(self::FIELD) === '', 'and shows it no more');
        $way->shopSaysConnected();

        $merchant->click('.actions a.button[href*="/' . $binding . '/setup"]', '#map');
        $merchant->picture('shop-connected');
        $told = $merchant->text('#shop');
        $isConnected = str_contains($told, 'Done') && str_contains($told, 'The shop has called with its key');
        $run->check($isConnected, 'the relay says: connected', $told);
    }
}
