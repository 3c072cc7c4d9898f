<?php

/** Large documents: five megabytes are accepted, more than sixteen are refused with their own code. */

declare(strict_types=1);

require __DIR__ . '/_support.php';

use Byte8\Sage\Translator;

$translator = new Translator();

$text = '{"schema":"1","event":"invoice.created","padding":"' . str_repeat('x', 5_000_000) . '"}';
same('reject', $translator->translate($text, settings())->outcome, 'five megabytes in one text');
same('reject', $translator->translate(settings(), $text)->outcome, 'five megabytes of settings');

$many = '{"schema":"1","event":"invoice.created","items":[' . substr(str_repeat('{"a":"1.0000"},', 340_000), 0, -1) . ']}';
holds(strlen($many) > 5_000_000, 'five megabytes in many objects');
same('reject', $translator->translate($many, settings())->outcome, 'five megabytes in many objects');

$exception = fails_with('input_too_large', static fn () => $translator->translate(str_repeat(' ', 16 * 1024 * 1024 + 1), settings()));
holds(str_contains($exception->getMessage(), 'event'), $exception->getMessage());
$exception = fails_with('input_too_large', static fn () => $translator->translate('{}', str_repeat(' ', 16 * 1024 * 1024 + 1)));
holds(str_contains($exception->getMessage(), 'settings'), $exception->getMessage());

same('reject', $translator->translate('{', settings())->outcome, 'the next call is not affected');

done();
