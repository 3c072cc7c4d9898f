<?php

/**
 * The PHP side of `cargo xtask bench bridge`: answers one line of JSON to each command line.
 *
 * `answer WAY` gives the decision of a way on the benchmark's document, `time WAY MILLISECONDS` its nanoseconds per
 * call. Ways: `extension`, `module` (the module's class around the extension), `socket`, `php`.
 * Arguments: file of the event, file of the settings, path of the service's socket.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Model\Bridge\ExtensionTranslator;
use Byte8\SageAccounting\Model\Bridge\SocketTranslator;
use Byte8\SageAccounting\Tools\Streams;
use Byte8\SageAccounting\Tools\Yardstick\InvoiceTranslator;

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
    $calls = 0;
    $start = hrtime(true);
    $end = $start + (int) $milliseconds * 1_000_000;
    do {
        $call();
        $calls++;
        $now = hrtime(true);
    } while ($now < $end);
    $streams->line(json_encode(['nanoseconds' => intdiv($now - $start, $calls)], JSON_THROW_ON_ERROR));
}
