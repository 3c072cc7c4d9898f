<?php

/**
 * The time the module adds to the save of an invoice, in developer and production mode: php module-bench.php DIR
 *
 * Installs the module into the Magento at DIR like the end-to-end run, saves invoices in a PHP-FPM with opcode cache,
 * each in its own request, and uninstalls the module. Once with a normal PHP-FPM, so that documents are translated
 * after the response, and once without the function that makes this possible. Then, with relay and Sage simulator and
 * without cron, the time from a save until the invoice stands in Sage. Restores the mode afterwards.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Tools\Magento\Benchmark\SaveBenchmark;
use Byte8\SageAccounting\Tools\Magento\Benchmark\SaveToSage;
use Byte8\SageAccounting\Tools\Magento\Installation;
use Byte8\SageAccounting\Tools\Magento\Programs;
use Byte8\SageAccounting\Tools\PhpFpm;

require __DIR__ . '/../../magento-module/Test/bootstrap.php';
require __DIR__ . '/magento/Servers.php';
require __DIR__ . '/magento/Programs.php';
require __DIR__ . '/magento/Installation.php';
require __DIR__ . '/magento/benchmark/SaveBenchmark.php';
require __DIR__ . '/magento/benchmark/SaveToSage.php';

const SAVES = 40;
const WARM_UP = 3;
const SAVES_TO_SAGE = 100;

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
$get = static function (PhpFpm $fpm, string $path): array {
    $text = $fpm->get(__DIR__ . '/magento/benchmark/save.php', $path);
    $answer = json_decode($text, true);

    return is_array($answer) ? $answer : throw new RuntimeException($path . ': ' . substr($text, -2000) . $fpm->log());
};
$measure = static function (string $mode, bool $partsEarly) use ($programs, $get): void {
    $fpm = $programs->costServer($partsEarly);
    $times = [];
    for ($save = 0; $save < SAVES + WARM_UP; $save++) {
        $saved = $get($fpm, '/save?order=' . $get($fpm, '/order')['order']);
        if ($get($fpm, '/events?invoice=' . $saved['invoice']) !== ['translated' => 2, 'waiting' => 0]) {
            throw new RuntimeException('An invoice is not translated after its save.' . $fpm->log());
        }
        foreach (['capture', 'translate', 'save'] as $name) {
            $times[$name][] = $saved[$name];
        }
    }
    [$capture, $translate, $whole] = array_map(
        static fn (array $all): array => array_slice($all, WARM_UP),
        [$times['capture'], $times['translate'], $times['save']]
    );
    $rows = [
        'capture, in the transaction' => $capture,
        $partsEarly ? 'putting off the decision' : 'deciding both events' => $translate,
        'both' => array_map(static fn (float $one, float $other): float => $one + $other, $capture, $translate),
        'the whole save' => $whole,
    ];
    printf("%s mode, translated %s the response\n", $mode, $partsEarly ? 'after' : 'before');
    foreach ($rows as $name => $all) {
        printf("  %-28s %8.2f   %8.2f\n", $name, SaveBenchmark::median($all), min($all));
    }
    if (!$partsEarly) {
        echo "  of that, with everything loaded, one by one; the time of a commit depends on the disk\n";
        foreach ($get($fpm, '/parts') as $name => $milliseconds) {
            printf("    %-26s %8.2f\n", $name, $milliseconds);
        }
    }
    $fpm->stop();
};
[, $usual] = $programs->magento(['deploy:mode:show'], false);
$wasDeveloper = str_contains($usual, 'developer');
try {
    [$isInstalled, $output] = $installation->install();
    if (!$isInstalled) {
        throw new RuntimeException($output);
    }
    $programs->drive('settings', dirname(__DIR__, 2) . '/golden/profiles/gb_base.json');
    echo SAVES, " invoices, each created and paid in one save in its own request; milliseconds, median, fastest\n";
    $measure('developer', true);
    $measure('developer', false);
    $programs->magento(['deploy:mode:set', 'production', '--skip-compilation']);
    // Without the extension, as on a separate build machine.
    [$status, $output] = $programs->magento(['setup:di:compile'], false);
    if ($status !== 0) {
        throw new RuntimeException($output);
    }
    $measure('production', true);
    $measure('production', false);
    echo (new SaveToSage($programs, $get))->report(SAVES_TO_SAGE, WARM_UP);
} catch (Throwable $exception) {
    fwrite(STDERR, $exception->getMessage() . "\n");
} finally {
    if ($wasDeveloper) {
        $programs->magento(['deploy:mode:set', 'developer']);
    }
    $installation->uninstall();
}
exit(isset($exception) ? 1 : 0);
