<?php

/**
 * What the module adds to the save of an invoice, in developer and in production mode: php module-bench.php DIR
 *
 * Installs the module into the Magento at DIR as the end-to-end run does, saves invoices through a web server with an
 * opcode cache, each in a request of its own, and takes the module away again. The mode is brought back afterwards.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Tools\Magento\Cost;
use Byte8\SageAccounting\Tools\Magento\Installation;
use Byte8\SageAccounting\Tools\Magento\Programs;

require __DIR__ . '/../../magento-module/Test/bootstrap.php';
require __DIR__ . '/magento/Programs.php';
require __DIR__ . '/magento/Installation.php';
require __DIR__ . '/magento/Cost.php';

const SAVES = 40;
const WARM_UP = 3;

$magento = isset($argv[1]) ? realpath($argv[1]) ?: $argv[1] : '';
$work = sys_get_temp_dir() . '/byte8-bench-' . getmypid();
mkdir($work, 0700);
$programs = new Programs($work, $magento);
$installation = new Installation($programs, $magento);
$obstacle = $magento === '' ? 'usage: module-bench.php DIR' : $installation->obstacle();
if ($obstacle !== null) {
    fwrite(STDERR, $obstacle . "\n");
    exit(2);
}
$get = static function (string $path) use ($programs): array {
    $answer = json_decode((string) file_get_contents($programs->url('shop') . $path), true);

    return is_array($answer) ? $answer : throw new RuntimeException($path . ': ' . $programs->log('shop'));
};
$measure = static function (string $mode) use ($programs, $get): void {
    $programs->startCost();
    $times = [];
    for ($save = 0; $save < SAVES + WARM_UP; $save++) {
        foreach ($get('/save') as $name => $milliseconds) {
            $times[$name][] = $milliseconds;
        }
    }
    $times = array_map(static fn (array $all): array => array_slice($all, WARM_UP), $times);
    $times['capture + translate'] = array_map(
        static fn (float $capture, float $translate): float => $capture + $translate,
        $times['capture'],
        $times['translate']
    );
    printf("%s mode, milliseconds            median   quickest\n", $mode);
    foreach ($times as $name => $all) {
        printf("  %-28s %8.2f   %8.2f\n", $name, Cost::median($all), min($all));
    }
    echo "  of it, warm and one by one; a commit is what the disk takes\n";
    foreach ($get('/parts') as $name => $milliseconds) {
        printf("    %-26s %8.2f\n", $name, $milliseconds);
    }
    $programs->stop('shop');
};
[, $usual] = $programs->magento(['deploy:mode:show'], false);
$wasDeveloper = str_contains($usual, 'developer');
try {
    [$isInstalled, $output] = $installation->install();
    if (!$isInstalled) {
        throw new RuntimeException($output);
    }
    $programs->drive('settings', dirname(__DIR__, 2) . '/golden/profiles/gb_base.json');
    echo SAVES, " invoices, each created and paid in one save, in a request of its own\n";
    $measure('developer');
    $programs->magento(['deploy:mode:set', 'production', '--skip-compilation']);
    // Without the extension, as where Magento is built on a machine of its own.
    [$status, $output] = $programs->magento(['setup:di:compile'], false);
    if ($status !== 0) {
        throw new RuntimeException($output);
    }
    $measure('production');
} catch (Throwable $exception) {
    fwrite(STDERR, $exception->getMessage() . "\n");
} finally {
    $programs->stop('shop');
    if ($wasDeveloper) {
        $programs->magento(['deploy:mode:set', 'developer']);
    }
    $installation->uninstall();
}
exit(isset($exception) ? 1 : 0);
