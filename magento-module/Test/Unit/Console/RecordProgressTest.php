<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Console;

use Byte8\SageAccounting\Console\RecordProgress;
use PHPUnit\Framework\TestCase;

/**
 * The text of a progress: how much, how fast, how long still.
 */
class RecordProgressTest extends TestCase
{
    /**
     * @return iterable<string, array{int, int, float, string}>
     */
    public static function texts(): iterable
    {
        yield 'at the beginning' => [0, 1000, 0.1, '0 of 1000 records'];
        yield 'too early for a rate' => [10, 1000, 0.9, '10 of 1000 records'];
        yield 'seconds' => [400, 1000, 2.0, '400 of 1000 records, 200 a second, 3 s left'];
        yield 'minutes' => [12400, 1000000, 8.0, '12400 of 1000000 records, 1550 a second, 11 min left'];
        yield 'hours' => [100, 1000000, 10.0, '100 of 1000000 records, 10 a second, 28 h left'];
        yield 'done' => [1000, 1000, 5.0, '1000 of 1000 records, 200 a second'];
        yield 'more than was counted' => [1100, 1000, 5.0, '1100 of 1000 records, 220 a second'];
        yield 'of an unknown number' => [300, 0, 3.0, '300 records, 100 a second'];
    }

    /**
     * @dataProvider texts
     */
    public function testText(int $done, int $total, float $seconds, string $text): void
    {
        self::assertSame($text, RecordProgress::text($done, $total, $seconds, 'records'));
    }
}
