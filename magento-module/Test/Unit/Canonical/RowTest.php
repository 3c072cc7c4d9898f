<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Canonical;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CanonicalJson;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use PHPUnit\Framework\TestCase;

/**
 * A row returns values as they are, and names values of the wrong type.
 */
class RowTest extends TestCase
{
    public function testMoneyPassesUntouched(): void
    {
        foreach (['35.9900', '0.0000', '-1.5', '12345678901234567.8900', 'abc', '', '1e5'] as $digits) {
            self::assertSame($digits, (new Row(['grand_total' => $digits], 'invoice'))->money('grand_total'));
        }
        self::assertNull((new Row(['grand_total' => null], 'invoice'))->money('grand_total'));
        self::assertNull((new Row([], 'invoice'))->optionalMoney('gift_cards_amount'));
    }

    /**
     * @return array<string, array{mixed, string}>
     */
    public static function wrongMoney(): array
    {
        return [
            'float' => [35.99, 'is the number 35.99; money must be a string'],
            'whole float' => [36.0, 'is the number 36.0; money must be a string'],
            'integer' => [36, 'is the number 36; money must be a string'],
            'infinite' => [INF, 'is the number 0 (beyond what a number can hold); money must be a string'],
            'list' => [['1'], 'expected a string or null, found a list'],
            'object' => [['a' => '1'], 'expected a string or null, found an object'],
            'true' => [true, 'expected a string or null, found true'],
        ];
    }

    /**
     * @dataProvider wrongMoney
     */
    public function testWrongMoneyIsNamed(mixed $value, string $problem): void
    {
        $this->expectException(CanonicalDataException::class);
        $this->expectExceptionMessage('invoice.grand_total: ' . $problem);

        (new Row(['grand_total' => $value], 'invoice'))->money('grand_total');
    }

    public function testIdsAreWholeNumbersHoweverTheDriverGivesThem(): void
    {
        foreach (['33' => 33, '0' => 0, '-1' => -1, '9223372036854775807' => PHP_INT_MAX] as $text => $number) {
            self::assertSame($number, (new Row(['id' => (string) $text], 'invoice'))->integer('id'));
        }
        self::assertSame(33, (new Row(['id' => 33], 'invoice'))->integer('id'));
    }

    public function testWrongIdsAreNamed(): void
    {
        foreach ([null, '', ' 3', '3 ', '3.0', 3.0, '03', '1e2', '9223372036854775808', true, [], "3\n"] as $value) {
            try {
                (new Row(['id' => $value], 'invoice'))->integer('id');
                self::fail('accepted ' . var_export($value, true));
            } catch (CanonicalDataException $exception) {
                self::assertSame('invoice.id', $exception->field);
            }
        }
    }

    public function testMissingColumnIsNamed(): void
    {
        $this->expectException(CanonicalDataException::class);
        $this->expectExceptionMessage('events[3].invoice.grand_total: missing');

        (new Row([], 'events[3].invoice'))->money('grand_total');
    }

    public function testJsonTextMustHoldAnObject(): void
    {
        self::assertSame([], (new Row(['o' => null], 'r'))->jsonText('o'));
        self::assertSame(['a' => 1], (new Row(['o' => '{"a":1}'], 'r'))->jsonText('o'));
        $wrong = ['{' => 'broken JSON text: Syntax error', '3' => 'the JSON text holds the number 3'];
        foreach ($wrong as $text => $said) {
            try {
                (new Row(['o' => (string) $text], 'r'))->jsonText('o');
                self::fail('accepted ' . $text);
            } catch (CanonicalDataException $exception) {
                self::assertStringStartsWith('r.o: ' . $said, $exception->getMessage());
            }
        }
    }

    public function testFloatsNeverReachTheEvent(): void
    {
        $this->expectException(\LogicException::class);
        $this->expectExceptionMessage('/invoice/items/0/qty');

        (new CanonicalJson())->encode(['invoice' => ['items' => [['qty' => 2.0]]]]);
    }

    public function testBrokenTextIsNamed(): void
    {
        $this->expectException(CanonicalDataException::class);
        $this->expectExceptionMessage('invoice.items[0].name: cannot be written');

        (new CanonicalJson())->encode(['invoice' => ['items' => [['sku' => 'ok', 'name' => "Caf\xE9"]]]]);
    }
}
