<?php

/**
 * Makes the tools' classes loadable and keeps PHP's own notices away from standard output.
 */

declare(strict_types=1);

ini_set('display_errors', 'stderr');
error_reporting(E_ALL);

require dirname(__DIR__, 3) . '/magento-module/Test/bootstrap.php';

set_error_handler(static function (int $severity, string $message, string $file, int $line): bool {
    throw new ErrorException($message, 0, $severity, $file, $line);
});
