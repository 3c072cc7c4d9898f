<?php

/**
 * Runs one action inside an installed Magento and prints its result as JSON: php drive.php DIR ACTION [ARGUMENT…]
 */

declare(strict_types=1);

use Byte8\SageAccounting\Tools\Magento\Actions;
use Byte8\SageAccounting\Tools\Magento\Benchmark\BackfillBenchmark;
use Byte8\SageAccounting\Tools\Magento\Fixtures;
use Byte8\SageAccounting\Tools\Magento\ObjectManagerFactory;
use Byte8\SageAccounting\Tools\Magento\OrderFixtures;
use Byte8\SageAccounting\Tools\Magento\Shop;

[, $folder, $action] = $argv;
$files = ['ObjectManagerFactory', 'Shop', 'Fixtures', 'OrderFixtures', 'benchmark/BackfillBenchmark', 'Actions'];
foreach ($files as $file) {
    require __DIR__ . '/' . $file . '.php';
}
$objects = ObjectManagerFactory::create($folder);
$arguments = array_slice($argv, 3);
$shop = new Shop($objects);
$answer = str_starts_with($action, 'bench-') ? (new BackfillBenchmark($objects, $shop))->do($action, $arguments) : null;
$answer ??= (new Fixtures($objects, $shop))->do($action, $arguments)
    ?? (new OrderFixtures($shop))->do($action, $arguments)
    ?? (new Actions($objects))->do($action, $arguments);
echo json_encode($answer, JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR), "\n";
