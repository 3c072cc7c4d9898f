<?php

/**
 * Makes the tools' classes loadable and keeps PHP's own messages away from standard output.
 *
 * What no command foresaw, such as a reader that closed its pipe, ends in one line on standard error and exit code 2.
 */

declare(strict_types=1);

ini_set('display_errors', 'stderr');
error_reporting(E_ALL);

require dirname(__DIR__, 3) . '/magento-module/Test/bootstrap.php';

set_error_handler(static function (int $severity, string $message, string $file, int $line): bool {
    throw new ErrorException($message, 0, $severity, $file, $line);
});

set_exception_handler(static function (Throwable $exception): never {
    $tool = basename($_SERVER['argv'][0] ?? 'php', '.php');
    fwrite(STDERR, $tool . ': ' . str_replace(["\r", "\n"], ' ', $exception->getMessage()) . "\n");
    exit(2);
});
