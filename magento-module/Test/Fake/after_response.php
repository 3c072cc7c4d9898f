<?php

/**
 * A request whose late work writes to a folder what happened to the response, and when it ran.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Model\AfterResponse;

require dirname(__DIR__) . '/bootstrap.php';

$folder = (string) getenv('BYTE8_FOLDER');
(new AfterResponse())->perform(static function () use ($folder): void {
    touch($folder . '/begun');
    for ($deadline = microtime(true) + 20; !file_exists($folder . '/go') && microtime(true) < $deadline;) {
        usleep(1000);
    }
    rename($folder . '/begun', $folder . '/done');
});
register_shutdown_function(static function (): void {
    fwrite(fopen('php://output', 'w'), ', end of the request');
});
fwrite(fopen('php://output', 'w'), 'the answer');
