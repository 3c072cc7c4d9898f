<?php

/**
 * In PHP-FPM: GET /order, /save?order=ID, /events?invoice=ID and /parts, one request of the shop each.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Tools\Magento\Benchmark\SaveBenchmark;
use Byte8\SageAccounting\Tools\Magento\ObjectManagerFactory;
use Byte8\SageAccounting\Tools\Magento\Shop;

foreach (['ObjectManagerFactory', 'Shop', 'benchmark/SaveBenchmark'] as $file) {
    require_once dirname(__DIR__) . '/' . $file . '.php';
}
$objects = ObjectManagerFactory::create((string) getenv('BYTE8_MAGENTO'));
$benchmark = new SaveBenchmark($objects, new Shop($objects));
$answer = match (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    '/order' => $benchmark->order(),
    '/save' => $benchmark->save((int) $_GET['order']),
    '/events' => $benchmark->events((int) $_GET['invoice']),
    '/parts' => $benchmark->parts(),
};
header('Content-Type: application/json');
echo json_encode($answer, JSON_THROW_ON_ERROR);
