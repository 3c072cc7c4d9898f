<?php

/**
 * Makes the tools' classes loadable and keeps PHP's own messages away from standard output.
 *
 * What no command foresaw, such as a reader that closed its pipe, ends in one line on standard error and exit code 2.
 */

declare(strict_types=1);

ini_set('display_errors', '0');
ini_set('log_errors', '0');
// Enough for the largest file Streams lets through, whatever it holds.
ini_set('memory_limit', '4G');
error_reporting(E_ALL);

require dirname(__DIR__, 3) . '/magento-module/Test/bootstrap.php';

set_error_handler(static function (int $severity, string $message, string $file, int $line): bool {
    throw new ErrorException($message, 0, $severity, $file, $line);
});

$endWithOneLine = static function (string $message): never {
    $tool = basename($_SERVER['argv'][0] ?? 'php', '.php');
    fwrite(STDERR, $tool . ': ' . addcslashes(explode("\n", $message)[0], "\0..\37\177") . "\n");
    exit(2);
};

set_exception_handler(static fn (Throwable $exception): never => $endWithOneLine($exception->getMessage()));

// Running out of memory or stack cannot be caught, only announced.
register_shutdown_function(static function () use ($endWithOneLine): void {
    $error = error_get_last();
    if ($error !== null && ($error['type'] & (E_ERROR | E_CORE_ERROR | E_COMPILE_ERROR)) !== 0) {
        $endWithOneLine($error['message']);
    }
});
