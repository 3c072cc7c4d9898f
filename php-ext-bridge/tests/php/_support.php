<?php

/**
 * Assertions and fixtures shared by the scripts of this folder.
 *
 * Each script is run by `cargo xtask test` in a PHP process of its own, with the extension and the real component.
 * It passes when it ends with exit status 0 and its last line is "ok"; anything else fails, so a crash cannot pass.
 */

declare(strict_types=1);

use Byte8\Sage\Translator;
use Byte8\Sage\TranslatorException;

set_error_handler(static function (int $level, string $message, string $file, int $line): never {
    throw new ErrorException($message, 0, $level, $file, $line);
});

function same(mixed $expected, mixed $actual, string $what): void
{
    if ($expected !== $actual) {
        throw new LogicException(sprintf("%s: expected %s, got %s", $what, var_export($expected, true), var_export($actual, true)));
    }
}

function holds(bool $condition, string $what): void
{
    same(true, $condition, $what);
}

/** Runs something that must throw the extension's exception with this code. */
function fails_with(string $code, callable $attempt): TranslatorException
{
    try {
        $attempt();
    } catch (TranslatorException $exception) {
        same($code, $exception->errorCode, $exception->getMessage());
        holds($exception instanceof RuntimeException, 'it is a RuntimeException');
        holds($exception->getMessage() !== '', 'it says what is wrong');
        holds($exception->suggestion !== '', 'it says what to do');
        same('', $exception->pointer, 'it accuses no field');
        return $exception;
    }
    throw new LogicException("nothing was thrown where $code was expected");
}

/** Path of the real component. */
function component(): string
{
    return ini_get('byte8_sage.component');
}

/** Path of an artefact whose file is intact but whose content is wrong. */
function broken(string $name): string
{
    return getenv('LEDGER_BROKEN_ARTEFACTS') . "/$name.cwasm";
}

/** A temporary file with these bytes. */
function file_of(string $bytes): string
{
    $path = tempnam(sys_get_temp_dir(), 'byte8');
    file_put_contents($path, $bytes);
    register_shutdown_function(static fn () => @unlink($path));
    return $path;
}

/** The PHP of the command line; inside PHP-FPM, PHP_BINARY is that. */
function command_line_php(): string
{
    return PHP_SAPI === 'cli' ? PHP_BINARY : PHP_BINDIR . '/php';
}

/** Runs a script of this folder in another PHP with other settings; returns its standard output. */
function in_another_php(string $script, array $settings): string
{
    $command = [command_line_php(), '-n', '-d', 'extension=' . getenv('LEDGER_PHP_EXTENSION'), '-d', 'display_errors=stderr'];
    foreach ($settings + ['byte8_sage.component' => component()] as $name => $value) {
        array_push($command, '-d', "$name=$value");
    }
    $command[] = __DIR__ . "/$script";
    $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['file', 'php://stderr', 'w']], $pipes);
    $output = stream_get_contents($pipes[1]);
    same(0, proc_close($process), "$script ends by itself");
    return $output;
}

/** The default settings. */
function settings(): string
{
    return file_get_contents(__DIR__ . '/../../../golden/profiles/gb_base.json');
}

function done(): void
{
    echo "ok\n";
}
