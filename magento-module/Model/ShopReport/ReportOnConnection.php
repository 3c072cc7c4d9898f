<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\ShopReport;

use Byte8\SageAccounting\Model\AfterResponse;

/**
 * Tells the relay the shop's profile as soon as the shop is connected, so that the set-up there goes on without waiting
 * for cron. What fails here is tried again by cron.
 */
class ReportOnConnection
{
    public function __construct(
        private readonly ScheduledShopReport $report,
        private readonly AfterResponse $afterResponse
    ) {
    }

    public function begin(): void
    {
        $this->afterResponse->perform($this->report->tellProfile(...));
    }
}
