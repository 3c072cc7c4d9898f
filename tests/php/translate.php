<?php

/**
 * Answers requests on standard input with the extension's decisions: the corpus runner's door to PHP.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Tools\Streams;
use Byte8\SageAccounting\Tools\TranslateCommand;

require __DIR__ . '/src/bootstrap.php';

exit((new TranslateCommand(
    Streams::ofProcess(),
    static fn () => (new TranslatorFactory())->create()
))->run());
