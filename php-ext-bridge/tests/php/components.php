<?php

/** For each unusable component file there is a clear error, and PHP keeps running. */

declare(strict_types=1);

require __DIR__ . '/_support.php';

use Byte8\Sage\Translator;

const TRAILER_BYTES = 88;
$good = file_get_contents(component());

$exception = fails_with('component_missing', static fn () => new Translator('/nonexistent/translator.cwasm'));
holds(str_contains($exception->getMessage(), '/nonexistent/translator.cwasm'), $exception->getMessage());
fails_with('component_missing', static fn () => new Translator(__DIR__));
fails_with('component_empty', static fn () => new Translator(file_of('')));

foreach ([1, 8, TRAILER_BYTES, intdiv(strlen($good), 2), strlen($good) - TRAILER_BYTES, strlen($good) - 1] as $length) {
    fails_with('component_corrupt', static fn () => new Translator(file_of(substr($good, 0, $length))));
}
fails_with('component_corrupt', static fn () => new Translator(file_of($good . "\0")));
fails_with('component_corrupt', static fn () => new Translator(__FILE__));
fails_with('component_corrupt', static fn () => new Translator(PHP_BINARY));
$exception = fails_with('component_corrupt', static fn () => new Translator(getenv('LEDGER_COMPONENT_WASM')));
holds(str_contains($exception->getMessage(), 'byte8-sage-compile'), 'WebAssembly is not compiled inside PHP');
foreach ([0, intdiv(strlen($good), 2), strlen($good) - TRAILER_BYTES, strlen($good) - 1] as $at) {
    $flipped = $good;
    $flipped[$at] = chr(ord($flipped[$at]) ^ 1);
    fails_with('component_corrupt', static fn () => new Translator(file_of($flipped)));
}

$other = substr_replace($good, "47.0.1\0\0", -32, 8);
$exception = fails_with('component_version_mismatch', static fn () => new Translator(file_of($other)));
holds(str_contains($exception->getMessage(), '47.0.1'), $exception->getMessage());
fails_with('component_version_mismatch', static fn () => new Translator(file_of(substr_replace($good, "\3", -12, 1))));
$exception = fails_with('component_version_mismatch', static fn () => new Translator(broken('another-schema')));
holds(str_contains($exception->getMessage(), 'event schema'), $exception->getMessage());
fails_with('component_version_mismatch', static fn () => new Translator(broken('no-exports')));

same('post', (new Translator(broken('honest')))->translate('', '')->outcome, 'a component of another path');
same('reject', (new Translator())->translate('{', settings())->outcome, 'the configured one');

$path = file_of('');
fails_with('component_empty', static fn () => new Translator($path));
file_put_contents($path, $good);
same('reject', (new Translator($path))->translate('{', settings())->outcome, 'a failure is not remembered');

done();
