<?php

/**
 * In PHP-FPM: GET /order, /save?order=ID, /events?invoice=ID and /parts, one request of the shop each.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Tools\Magento\Cost;
use Byte8\SageAccounting\Tools\Magento\Inside;
use Byte8\SageAccounting\Tools\Magento\Shop;

foreach (['Inside', 'Shop', 'Cost'] as $file) {
    require_once __DIR__ . '/' . $file . '.php';
}
$objects = Inside::of((string) getenv('BYTE8_MAGENTO'));
$cost = new Cost($objects, new Shop($objects));
$answer = match (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    '/order' => $cost->order(),
    '/save' => $cost->save((int) $_GET['order']),
    '/events' => $cost->events((int) $_GET['invoice']),
    '/parts' => $cost->parts(),
};
header('Content-Type: application/json');
echo json_encode($answer, JSON_THROW_ON_ERROR);
