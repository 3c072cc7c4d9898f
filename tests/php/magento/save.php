<?php

/**
 * Behind PHP's own web server: GET /save and GET /parts, one request of the shop each, as its web server would have.
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
$answer = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) === '/parts' ? $cost->parts() : $cost->save();
header('Content-Type: application/json');
echo json_encode($answer, JSON_THROW_ON_ERROR);
