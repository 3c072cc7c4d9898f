<?php

/** Tries to change the administrator's settings; for tests of PHP-FPM. */

declare(strict_types=1);

$changed = false;
foreach (['component', 'fuel', 'memory_limit', 'panic_drill'] as $name) {
    $changed = ini_set("byte8_sage.$name", '1') !== false || $changed;
}
echo $changed ? 'changed' : 'refused';
