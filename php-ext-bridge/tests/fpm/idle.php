<?php

/** Does nothing with the extension, long enough that other requests go to other workers; for benchmarks. */

declare(strict_types=1);

header('X-Worker: ' . getmypid());
usleep(20_000);
echo 'idle';
