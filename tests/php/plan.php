<?php

/**
 * Prints the decision on every event in files of recorded rows: `php tests/php/plan.php --rows FILE…`;
 * `--explain` prints a readable page instead of the JSON line.
 *
 * `cargo xtask plan` runs it; it uses the module's own builder and the real extension.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Tools\PlanCommand;
use Byte8\SageAccounting\Tools\Streams;

require __DIR__ . '/src/bootstrap.php';

exit((new PlanCommand(
    Streams::ofProcess(),
    static fn () => (new TranslatorFactory())->create(),
    dirname(__DIR__, 2) . '/golden/profiles/gb_base.json'
))->run(array_slice($argv, 1)));
