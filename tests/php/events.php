<?php

/**
 * Prints the canonical events of recorded rows: `php tests/php/events.php FILE…`.
 */

declare(strict_types=1);

use Byte8\SageAccounting\Tools\EventsCommand;
use Byte8\SageAccounting\Tools\Streams;

require __DIR__ . '/src/bootstrap.php';

exit((new EventsCommand(Streams::ofProcess()))->run(array_slice($argv, 1)));
