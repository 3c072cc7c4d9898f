<?php

/**
 * How fast a year of invoices is tried, decided and delivered: php backfill-bench.php DIR [INVOICES]
 *
 * Installs the module into the Magento at DIR like the end-to-end run, connects it to a relay in front of the Sage
 * simulator, makes the invoices in the shop's tables and takes the module away again. The invoices stay: use a Magento
 * that is there for tests. Each part runs in its own process, so that its peak memory is its own.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Tools\Magento\Installation;
use Byte8\SageAccounting\Tools\Magento\Programs;

require __DIR__ . '/../../magento-module/Test/bootstrap.php';
require __DIR__ . '/magento/Servers.php';
require __DIR__ . '/magento/Programs.php';
require __DIR__ . '/magento/Installation.php';

$magento = isset($argv[1]) ? realpath($argv[1]) ?: $argv[1] : '';
$invoices = (int) ($argv[2] ?? 10_000);
$work = sys_get_temp_dir() . '/byte8-backfill-' . getmypid();
mkdir($work, 0700);
$programs = new Programs($work, $magento);
$installation = new Installation($programs, $magento);
$isUsable = $magento !== '' && $invoices > 0;
$obstacle = $isUsable ? $installation->obstacle() : 'usage: backfill-bench.php DIR [INVOICES]';
if ($obstacle !== null) {
    fwrite(STDERR, $obstacle . "\n");
    exit(2);
}
$require = static function (array $result): void {
    if ($result[0] !== 0) {
        throw new RuntimeException($result[1]);
    }
};
$measure = static function (string $what, string $action, string ...$arguments) use ($programs): void {
    $told = $programs->drive($action, ...$arguments);
    printf(
        "%-22s %9d events in %8.2f s: %6.0f/s; %5.0f µs of PHP for each; peak memory %3.0f MiB\n",
        $what,
        $told['number'],
        $told['seconds'],
        $told['number'] / $told['seconds'],
        $told['processor'] * 1e6 / max(1, $told['number']),
        $told['megabytes']
    );
};
try {
    [$isInstalled, $output] = $installation->install();
    $require([$isInstalled ? 0 : 1, $output]);
    $programs->startSimulator();
    $programs->startRelay();
    $programs->connect();
    $require($programs->setSettings(dirname(__DIR__, 2) . '/golden/profiles/gb_base.json'));
    $require($programs->magento(['byte8:sage:outbox:run']));
    $made = $programs->drive('bench-invoices', (string) $invoices);
    echo $made['invoices'], " invoices of one line, each created and paid: two events\n";
    $measure('dry run', 'bench-dry-run', (string) $made['first']);
    $measure('queued', 'bench-queue', (string) $made['first']);
    $measure('decided', 'bench-decide');
    $measure('delivered to the relay', 'bench-deliver');
} catch (Throwable $exception) {
    fwrite(STDERR, $exception->getMessage() . "\n");
} finally {
    $installation->uninstall();
}
exit(isset($exception) ? 1 : 0);
