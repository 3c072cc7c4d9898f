<?php

/** A trap, an endless loop or too much memory ends the call and nothing else. */

declare(strict_types=1);

require __DIR__ . '/_support.php';

use Byte8\Sage\Translator;

fails_with('component_trapped', static fn () => (new Translator(broken('traps')))->translate('{}', '{}'));
$exception = fails_with('memory_exhausted', static fn () => (new Translator(broken('hoards')))->translate('{}', '{}'));
holds(str_contains($exception->getMessage(), (string) (256 * 1024 * 1024)), $exception->getMessage());

same("fuel_exhausted\n", in_another_php('_spin.php', ['byte8_sage.fuel' => '5M']), 'fuel');
same("memory_exhausted\n", in_another_php('_first.php', ['byte8_sage.memory_limit' => '64K']), 'memory');
same("fuel_exhausted\n", in_another_php('_first.php', ['byte8_sage.fuel' => '100']), 'fuel of the real component');
same("setting_invalid\n", in_another_php('_first.php', ['byte8_sage.fuel' => 'much']), 'no number');
same("setting_invalid\n", in_another_php('_first.php', ['byte8_sage.memory_limit' => '99999999999G']), 'beyond all numbers');
same("component_missing\n", in_another_php('_first.php', ['byte8_sage.component' => '']), 'nothing configured');
same("panic\n", in_another_php('_first.php', ['byte8_sage.panic_drill' => '1']), 'a panic of the host');
same("reject\n", in_another_php('_first.php', []), 'the defaults');

same(false, ini_set('byte8_sage.component', '/tmp/other'), 'a script cannot change the default component');
same(false, ini_set('byte8_sage.fuel', '1'), 'nor the fuel');

$before = signals();
$translator = new Translator();
for ($call = 0; $call < 200; $call++) {
    same('reject', $translator->translate('{', settings())->outcome, "call $call");
}
same($before, signals(), 'no signal handler was installed');
holds(count(glob('/proc/self/task/*') ?: [1]) === 1, 'no thread was started');

if (function_exists('pcntl_fork')) {
    $child = pcntl_fork();
    if ($child === 0) {
        exit($translator->translate('{', settings())->outcome === 'reject' ? 7 : 1);
    }
    pcntl_waitpid($child, $status);
    same(7, pcntl_wexitstatus($status), 'a forked process translates');
}

done();

/** The signals that this process handles, if the system shows them. */
function signals(): string
{
    $status = is_readable('/proc/self/status') ? file_get_contents('/proc/self/status') : '';
    return preg_match('/^SigCgt:.*$/m', $status, $match) === 1 ? $match[0] : '';
}
