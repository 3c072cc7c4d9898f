<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Status;

use Byte8\SageAccounting\Model\Status\HealthSentence;
use Byte8\SageAccounting\Model\Status\Problem;
use Byte8\SageAccounting\Model\Status\StatusReport;
use PHPUnit\Framework\TestCase;

/**
 * The status in one sentence.
 */
class HealthSentenceTest extends TestCase
{
    public function testASentenceForEachSituation(): void
    {
        $this->assertSentence('good', 'everything that belongs in Sage is there', []);
        $this->assertSentence('good', '3 records are on their way', ['ledger' => ['pending' => 3]]);
        $this->assertSentence('waiting', 'not connected', ['isConnected' => false]);
        $this->assertSentence('waiting', 'until the set-up', ['settingsDigest' => '']);
        $this->assertSentence('waiting', '2 events wait until you go live', [
            'isLive' => false, 'outbox' => ['captured' => 2, 'delivered' => 9],
        ]);
        $this->assertSentence('waiting', 'switched off', ['isDeliveryEnabled' => false]);
    }

    public function testProblemsComeFirst(): void
    {
        $documents = new Problem('documents', 'documents_need_a_person', '4 documents need attention.', '', '');
        $relay = new Problem('relay', 'relay_unreachable', 'The relay has not responded.', '', '');
        $this->assertSentence('bad', '4 documents need attention. Everything else reaches Sage.', [
            'problems' => [$documents], 'isLive' => false,
        ]);
        $this->assertSentence('bad', 'The relay has not responded.', ['problems' => [$relay]]);
        $this->assertSentence('bad', 'The relay has not responded. There is one more problem.', [
            'problems' => [$relay, $documents],
        ]);
        $this->assertSentence('bad', 'There are 2 more problems.', ['problems' => [$relay, $relay, $documents]]);
    }

    /**
     * @param array<string, mixed> $differences from a shop in which all is well
     */
    private function assertSentence(string $grade, string $text, array $differences): void
    {
        $sentence = HealthSentence::of(new StatusReport(...($differences + [
            'isConnected' => true,
            'relayUrl' => 'https://relay.example',
            'bindingId' => 'shop',
            'isDeliveryEnabled' => true,
            'core' => [],
            'settingsDigest' => 'd1',
            'settingsPulledAt' => null,
            'settingsProblems' => [],
            'outbox' => [],
            'ledger' => [],
            'oldestWaiting' => null,
            'lastRun' => null,
            'problems' => [],
        ])));
        self::assertSame($grade, $sentence->grade);
        self::assertStringContainsString($text, $sentence->text);
    }
}
