<?php

/**
 * Translates the request's body under the documented default settings; for tests of PHP-FPM.
 *
 * `?component=PATH` takes another component, `?calls=N` translates so often. The reply is the last decision; an
 * exception is a status of 500 with its code in a header.
 */

declare(strict_types=1);

header('Content-Type: application/json');
header('X-Worker: ' . getmypid());
try {
    $translator = new Byte8\Sage\Translator($_GET['component'] ?? null);
    $settings = file_get_contents(__DIR__ . '/../../../golden/profiles/gb_base.json');
    $event = file_get_contents('php://input');
    for ($call = 1; $call < (int) ($_GET['calls'] ?? 1); $call++) {
        $translator->translate($event, $settings);
    }
    echo $translator->translate($event, $settings)->json;
} catch (Byte8\Sage\TranslatorException $exception) {
    http_response_code(500);
    header('X-Error: ' . $exception->errorCode);
    echo $exception->getMessage();
}
