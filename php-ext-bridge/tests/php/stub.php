<?php

/** The stub file has exactly the classes and methods of the loaded extension. */

declare(strict_types=1);

require __DIR__ . '/_support.php';

$command = [command_line_php(), '-n', '-d', 'auto_prepend_file=' . __DIR__ . '/../../stubs/byte8_sage.stub.php', __DIR__ . '/_reflect.php'];
$process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['file', 'php://stderr', 'w']], $pipes);
$stub = stream_get_contents($pipes[1]);
same(0, proc_close($process), 'the stub file is valid PHP');
$loaded = in_another_php('_reflect.php', []);
holds(str_contains($loaded, 'translate'), 'reflection saw the extension');
same($stub, $loaded, 'stub and extension');

$description = (new Byte8\Sage\Translator())->describe();
same(
    ['core_version', 'event_schema', 'settings_schema', 'decision_schema', 'rule_table_hash'],
    array_keys($description),
    'describe'
);
same('1', $description['event_schema'], 'event schema');

ob_start();
phpinfo(INFO_MODULES);
$info = ob_get_clean();
holds(str_contains($info, $description['rule_table_hash']), 'phpinfo shows what is loaded');
holds(str_contains($info, 'byte8_sage.memory_limit'), 'phpinfo shows the settings');

done();
