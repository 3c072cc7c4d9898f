<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Canonical;

use Byte8\SageAccounting\Model\Canonical\Magento\DecimalText;
use PHPUnit\Framework\TestCase;

/**
 * Decimals of live entities become what the database would hold.
 */
class DecimalTextTest extends TestCase
{
    /**
     * @return array<int, array{string|int|float|null, ?string}>
     */
    public static function values(): array
    {
        return [
            [null, null],
            ['12.3400', '12.3400'],
            ['12.34', '12.3400'],
            ['-5', '-5.0000'],
            ['19.990000', '19.990000'],
            ['12345678901234567.8901', '12345678901234567.8901'],
            [12, '12.0000'],
            [0, '0.0000'],
            [35.99, '35.9900'],
            [0.1 + 0.2, '0.3000'],
            [1.0E-9, '0.0000'],
            [-1.0E-9, '0.0000'],
            [1.0E+15, '1000000000000000.0000'],
            [1234567.891, '1234567.8910'],
            ['1.0E-5', '0.0000'],
        ];
    }

    /**
     * @dataProvider values
     */
    public function testValueBecomesTheDatabasesText(string|int|float|null $value, ?string $text): void
    {
        self::assertSame($text, (new DecimalText())->of($value, 4));
    }

    public function testWhatIsNoDecimalIsRefused(): void
    {
        foreach (['', 'abc', NAN, INF] as $value) {
            try {
                (new DecimalText())->of($value, 4);
                self::fail('accepted ' . var_export($value, true));
            } catch (\UnexpectedValueException $exception) {
                self::assertStringContainsString('decimal', $exception->getMessage());
            }
        }
    }
}
