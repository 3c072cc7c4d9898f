<?php

/** Does nothing with the extension; for benchmarks. */

declare(strict_types=1);

header('X-Worker: ' . getmypid());
echo 'idle';
