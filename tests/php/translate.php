<?php

/**
 * Prints the core's decisions on events from standard input; the corpus runner uses it for PHP.
 *
 * `--socket PATH` asks the service sage-translate there, otherwise the extension answers.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Model\Bridge\ExtensionTranslator;
use Byte8\SageAccounting\Model\Bridge\SocketTranslator;
use Byte8\SageAccounting\Tools\Streams;
use Byte8\SageAccounting\Tools\TranslateCommand;

require __DIR__ . '/src/bootstrap.php';

$translator = ($argv[1] ?? '') === '--socket'
    ? new SocketTranslator($argv[2] ?? SocketTranslator::DEFAULT_PATH)
    : new ExtensionTranslator();

exit((new TranslateCommand(Streams::ofProcess(), static fn () => $translator))->run());
