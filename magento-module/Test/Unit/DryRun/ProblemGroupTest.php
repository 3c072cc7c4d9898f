<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\DryRun;

use Byte8\SageAccounting\Model\DryRun\DryRunLine;
use Byte8\SageAccounting\Model\DryRun\ProblemGroup;
use PHPUnit\Framework\TestCase;

/**
 * Problems of a dry run, each once.
 */
class ProblemGroupTest extends TestCase
{
    public function testProblemsAreGroupedAndTheWorstComesFirst(): void
    {
        $groups = ProblemGroup::of([
            self::line('invoice.created:1', 'skip', 'zero_value_invoice'),
            self::line('invoice.created:2', 'post', '', ['reference_shortened']),
            self::line('invoice.created:3', 'reject', 'locked_period'),
            self::line('invoice.created:4', 'reject', 'tax_rate_not_mapped'),
            self::line('invoice.paid:4', 'reject', 'tax_rate_not_mapped'),
            self::line('invoice.created:5', 'reject', 'tax_rate_not_mapped'),
            self::line('invoice.created:6', 'post', ''),
        ]);

        self::assertSame(
            ['reject tax_rate_not_mapped 2', 'reject locked_period 1', 'warning reference_shortened 1',
                'skip zero_value_invoice 1'],
            array_map(static fn (ProblemGroup $group): string =>
                $group->outcome . ' ' . $group->code . ' ' . count($group->documents), $groups)
        );
        self::assertSame('why tax_rate_not_mapped', $groups[0]->message);
        self::assertSame('why reference_shortened', $groups[2]->message);
    }

    /**
     * @param string[] $warnings
     */
    private static function line(string $key, string $outcome, string $code, array $warnings = []): DryRunLine
    {
        $warnings = array_map(
            static fn (string $code): array => ['code' => $code, 'pointer' => '', 'message' => 'why ' . $code],
            $warnings
        );

        return new DryRunLine($key, '', $outcome, $code, '', 'why ' . $code, 'do it', '', '', $warnings);
    }
}
