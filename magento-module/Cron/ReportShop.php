<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Cron;

use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\ShopReport\ScheduledShopReport;

/**
 * Every minute: tells the relay of the shop if that is due, which it is after pairing and once a day.
 */
class ReportShop
{
    private const SECONDS = 50;

    public function __construct(private readonly ScheduledShopReport $report, private readonly Clock $clock)
    {
    }

    public function execute(): void
    {
        $this->report->run($this->clock->now()->modify('+' . self::SECONDS . ' seconds'));
    }
}
