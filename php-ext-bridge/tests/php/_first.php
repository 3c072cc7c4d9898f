<?php

/** Calls the configured component once and prints the result; see limits.php. */

declare(strict_types=1);

require __DIR__ . '/_support.php';

try {
    echo (new Byte8\Sage\Translator())->translate('{', settings())->outcome, "\n";
} catch (Byte8\Sage\TranslatorException $exception) {
    echo $exception->errorCode, "\n";
}
