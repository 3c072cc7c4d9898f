<?php

/**
 * Loads this module's classes without Composer and without Magento, for tests and command-line tools.
 *
 * The observers use a few of Magento's classes; without Magento, Test/Stub replaces them.
 */

declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    $folders = [
        'Byte8\\SageAccounting\\Tools\\' => dirname(__DIR__, 2) . '/tests/php/src/',
        'Byte8\\SageAccounting\\' => dirname(__DIR__) . '/',
        'Magento\\' => __DIR__ . '/Stub/Magento/',
        'Psr\\Log\\' => __DIR__ . '/Stub/Psr/Log/',
    ];
    foreach ($folders as $prefix => $folder) {
        if (str_starts_with($class, $prefix)) {
            $file = $folder . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
            if (is_file($file)) {
                require $file;
            }

            return;
        }
    }
});

require __DIR__ . '/Stub/translate.php';
