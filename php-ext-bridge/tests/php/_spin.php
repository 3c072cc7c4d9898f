<?php

/** Calls the component that never ends; see limits.php. */

declare(strict_types=1);

require __DIR__ . '/_support.php';

try {
    echo (new Byte8\Sage\Translator(broken('spins')))->translate('{}', '{}')->outcome, "\n";
} catch (Byte8\Sage\TranslatorException $exception) {
    echo $exception->errorCode, "\n";
}
