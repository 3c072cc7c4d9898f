<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\ShopReport;

use Byte8\SageAccounting\Model\AfterResponse;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Byte8\SageAccounting\Model\ShopReport\ReportOnConnection;

/**
 * The profile is told as soon as the shop is connected; cron does what failed.
 */
class ReportOnConnectionTest extends ShopReportTestCase
{
    public function testTheProfileIsToldAsSoonAsTheShopIsConnected(): void
    {
        $report = new ReportOnConnection($this->scheduled(), new AfterResponse());
        $report->begin();
        self::assertSame([0, 0], $this->told(), 'not without a connection');

        $this->pair();
        $this->relay->reportFailure = new RelayException('http_503', 'HTTP 503', 503);
        $report->begin();
        $this->relay->reportFailure = null;
        self::assertSame([0, 0], $this->told(), 'a failure is left to cron');
        $this->later('5 minutes');
        self::assertSame([1, 0], $this->told());

        $this->pair();
        $report->begin();
        $report->begin();
        self::assertSame([2, 0], $this->told(), 'once for each connection');
    }
}
