<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Cron;

use Byte8\SageAccounting\Model\Sweep\Sweep as SweepService;

/**
 * Every 15 minutes: captures events that were missed.
 */
class Sweep
{
    public function __construct(private readonly SweepService $sweep)
    {
    }

    public function execute(): void
    {
        $this->sweep->run();
    }
}
