<?php

/**
 * The PHP side of `cargo xtask bench bridge`: prints one line of JSON for each command line.
 *
 * `answer WAY` gives the decision of a way on the benchmark's document, `time WAY MILLISECONDS` the nanoseconds of
 * its median call. Ways: `extension`, `module` (the module's class around the extension), `socket`, `php`.
 * Arguments: file of the event, file of the settings, path of the service's socket.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Model\Bridge\ExtensionTranslator;
use Byte8\SageAccounting\Model\Bridge\SocketTranslator;
use Byte8\SageAccounting\Tools\Baseline\InvoiceTranslator;
use Byte8\SageAccounting\Tools\Streams;

require __DIR__ . '/src/bootstrap.php';

[, $eventFile, $settingsFile, $socket] = $argv;
$event = (string) file_get_contents($eventFile);
$settings = (string) file_get_contents($settingsFile);
$extension = new Byte8\Sage\Translator();
$module = new ExtensionTranslator();
$service = new SocketTranslator($socket);
$plain = new InvoiceTranslator();
$ways = [
    'extension' => static fn (): string => $extension->translate($event, $settings)->json,
    'module' => static fn (): string => $module->translate($event, $settings)->json,
    'socket' => static fn (): string => $service->translate($event, $settings)->json,
    'php' => static fn (): string => $plain->translate($event, $settings),
];

$streams = Streams::ofProcess();
foreach ($streams->inputLines() as $line) {
    [$command, $way, $milliseconds] = explode(' ', $line . '  ');
    $call = $ways[$way];
    if ($command === 'answer') {
        $streams->line(json_encode(['answer' => $call()], JSON_THROW_ON_ERROR));
        continue;
    }
    // The median call, because on a busy machine a few calls are interrupted for long.
    $times = [];
    $end = hrtime(true) + (int) $milliseconds * 1_000_000;
    do {
        $start = hrtime(true);
        $call();
        $now = hrtime(true);
        $times[] = $now - $start;
    } while ($now < $end);
    sort($times);
    $streams->line(json_encode(['nanoseconds' => $times[intdiv(count($times), 2)]], JSON_THROW_ON_ERROR));
}
