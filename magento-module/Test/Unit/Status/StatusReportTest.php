<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Status;

use Byte8\SageAccounting\Model\Status\Problem;
use Byte8\SageAccounting\Model\Status\StatusReport;
use PHPUnit\Framework\TestCase;

/**
 * Programs read the JSON of `byte8:sage:status --json`, whatever the properties are called.
 */
class StatusReportTest extends TestCase
{
    public function testTheNamesOfTheJsonObjectStay(): void
    {
        $problem = new Problem('cron', 'cron_not_running', 'Cron has not run.', 'Start cron.', '', true);
        $report = new StatusReport(true, 'https://relay', 'gb', true, [], '', null, [], [], [], null, null, [$problem]);

        self::assertSame([
            'isConnected',
            'relayUrl',
            'bindingId',
            'isDeliveryEnabled',
            'core',
            'settingsDigest',
            'settingsPulledAt',
            'settingsProblems',
            'outbox',
            'ledger',
            'oldestWaiting',
            'lastRun',
            'troubles',
            'notices',
            'needsPerson',
            'oldestUnanswered',
            'nextAttempt',
            'copyOf',
            'isLive',
            'isHealthy',
        ], array_keys($report->toArray()));
        self::assertSame(
            ['area', 'code', 'message', 'suggestion', 'since', 'isPassing'],
            array_keys(json_decode((string) json_encode($report->toArray()), true)['troubles'][0])
        );
    }
}
