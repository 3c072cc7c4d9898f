<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Status;

use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxProbe;
use Byte8\SageAccounting\Model\Relay\RelayClientInterface;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\Status\CaptureFailure;
use Byte8\SageAccounting\Model\Status\Problem;
use Byte8\SageAccounting\Model\Status\Problems;
use Byte8\SageAccounting\Model\Status\SelfTest;
use Byte8\SageAccounting\Model\Status\SelfTestResult;
use Byte8\SageAccounting\Model\Status\StatusReader;
use Byte8\SageAccounting\Model\Status\StatusReport;
use PHPUnit\Framework\TestCase;

/**
 * The results of the self-test.
 */
class SelfTestTest extends TestCase
{
    public function testACaptureFailureThatIsOverIsANoteWhileTheDatabaseTakesWrites(): void
    {
        $results = $this->selfTest(null, [$this->problem(CaptureFailure::AREA)]);

        self::assertSame(['database' => 'good', CaptureFailure::AREA => 'note'], $this->grades($results));
    }

    public function testADatabaseThatTakesNoWritesIsBadAndNothingElseIsAsked(): void
    {
        $results = $this->selfTest('The table is full', [$this->problem(CaptureFailure::AREA)]);

        self::assertSame(['database' => 'bad'], $this->grades($results));
        self::assertSame('The table is full', $results[0]->message);
    }

    public function testWhatTheTestTriedItselfIsToldOnceAndOtherProblemsAreBad(): void
    {
        $results = $this->selfTest(null, [$this->problem(Problems::RELAY), $this->problem(Problems::DELIVERY)]);

        self::assertSame(['database' => 'good', Problems::DELIVERY => 'bad'], $this->grades($results));
        $relay = array_filter($results, static fn (SelfTestResult $result) => $result->part === 'relay');
        self::assertCount(1, $relay);
    }

    /**
     * @param Problem[] $problems
     * @return SelfTestResult[]
     */
    private function selfTest(?string $refusal, array $problems): array
    {
        $outbox = $this->createStub(OutboxEditorInterface::class);
        $outbox->method('counts')->willReturn(['pending' => 1]);
        $probe = $this->createStub(OutboxProbe::class);
        $probe->method('writeError')->willReturn($refusal);
        $status = $this->createStub(StatusReader::class);
        $status->method('read')->willReturn(
            new StatusReport(true, '', '', true, [], '', null, [], [], [], null, null, $problems)
        );

        return (new SelfTest(
            $outbox,
            $probe,
            $this->createStub(TranslatorFactory::class),
            $this->createStub(SettingsRepository::class),
            $this->createStub(RelayClientInterface::class),
            $status
        ))->run();
    }

    private function problem(string $area): Problem
    {
        return new Problem($area, 'code', 'what happened', 'what to do', '2026-11-26T10:00:00+00:00');
    }

    /**
     * @param SelfTestResult[] $results
     * @return array<string, string> without those of the core, the settings and the relay
     */
    private function grades(array $results): array
    {
        $grades = array_column($results, 'grade', 'part');

        return array_diff_key($grades, ['core' => 0, 'settings' => 0, 'relay' => 0]);
    }
}
