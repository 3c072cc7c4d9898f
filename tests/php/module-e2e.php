<?php

/**
 * Installs the module into the Magento at DIR, drives it, takes it away again: php module-e2e.php DIR [PART…]
 *
 * The Magento must be installed, with a website and store 1 in pounds, flat-rate shipping and cheques. Documents that
 * the run makes stay in it: use one that is there for tests. PART leaves out the other parts after pairing.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Tools\Magento\Installation;
use Byte8\SageAccounting\Tools\Magento\Programs;
use Byte8\SageAccounting\Tools\Magento\Run;
use Byte8\SageAccounting\Tools\Magento\Scenario;

require __DIR__ . '/../../magento-module/Test/bootstrap.php';
$helpers = [
    'Servers', 'Programs', 'DevTools', 'Installation', 'Run', 'AdminUser', 'ActionLog', 'Person', 'FreshRelay',
    'SetUpWay',
];
foreach ($helpers as $file) {
    require __DIR__ . '/magento/' . $file . '.php';
}
$scenarios = [
    'Unpaired', 'Pairing', 'Delivery', 'Products', 'Orders', 'Drills', 'Commands', 'AdminPages', 'SetUpInBrowser',
    'BackfillLink', 'MonthEnd', 'SetUpWithKey',
];
foreach ($scenarios as $file) {
    require __DIR__ . '/magento/scenario/' . $file . '.php';
}
$parts = [
    'Delivery' => Scenario\Delivery::run(...),
    'Products' => Scenario\Products::run(...),
    'Orders' => Scenario\Orders::run(...),
    'Drills' => Scenario\Drills::run(...),
    'Commands' => Scenario\Commands::run(...),
    'AdminPages' => Scenario\AdminPages::run(...),
    // They connect the shop to relays of their own.
    'SetUpInBrowser' => Scenario\SetUpInBrowser::run(...),
    'SetUpWithKey' => Scenario\SetUpWithKey::run(...),
];
$magento = isset($argv[1]) ? realpath($argv[1]) ?: $argv[1] : '';
$wanted = array_slice($argv, 2);
$unknown = array_diff($wanted, array_keys($parts));
if ($magento === '' || $unknown !== []) {
    fwrite(STDERR, "usage: module-e2e.php DIR [" . implode('|', array_keys($parts)) . "]…\n");
    exit(2);
}
$work = sys_get_temp_dir() . '/byte8-e2e-' . getmypid();
mkdir($work, 0700);
$programs = new Programs($work, $magento);
$installation = new Installation($programs, $magento);
$obstacle = $installation->obstacle();
if ($obstacle !== null) {
    fwrite(STDERR, $obstacle . "\n");
    exit(2);
}
$run = new Run($programs);
try {
    $run->part('install from the zip');
    [$isInstalled, $output] = $installation->install();
    $run->check($isInstalled, 'setup:upgrade without the extension', $output);
    [, $output] = $programs->magento(['list', 'byte8'], false);
    $run->check(substr_count($output, 'byte8:sage:') === 15, 'fifteen commands', $output);
    Scenario\Unpaired::run($run);
    Scenario\Pairing::run($run);
    foreach ($parts as $name => $part) {
        if ($wanted === [] || in_array($name, $wanted, true)) {
            $part($run);
        }
    }
} catch (Throwable $exception) {
    $run->check(false, 'the run came to its end', $exception->getMessage());
} finally {
    $run->part('uninstall');
    [$isGone, $output] = $installation->uninstall();
    $run->check($isGone, 'setup:upgrade afterwards', $output);
    $run->check($installation->tables() === [], 'no table of ours is left');
}
printf("%d checks, %d failures\n", $run->checks, count($run->failures));
exit($run->failures === [] ? 0 : 1);
