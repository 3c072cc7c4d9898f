<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Canonical;

use Byte8\SageAccounting\Model\Canonical\Block\EnvelopeBlock;
use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use PHPUnit\Framework\TestCase;

/**
 * Instants and local dates, especially where the two differ.
 */
class EnvelopeBlockTest extends TestCase
{
    /**
     * @return array<string, array{string, string, string}> UTC instant, time zone, local date
     */
    public static function dates(): array
    {
        return [
            'summer time, last second of the day' => ['2026-06-30 22:59:59', 'Europe/London', '2026-06-30'],
            'summer time, midnight' => ['2026-06-30 23:00:00', 'Europe/London', '2026-07-01'],
            'winter time, the same hour' => ['2026-11-30 23:00:00', 'Europe/London', '2026-11-30'],
            'the last evening of summer time' => ['2026-10-24 23:30:00', 'Europe/London', '2026-10-25'],
            'the evening after' => ['2026-10-25 23:30:00', 'Europe/London', '2026-10-25'],
            'tax year end' => ['2027-04-05 23:00:00', 'Europe/London', '2027-04-06'],
            'behind UTC' => ['2026-01-01 04:59:59', 'America/New_York', '2025-12-31'],
            'ahead of UTC' => ['2026-12-31 11:00:00', 'Pacific/Auckland', '2027-01-01'],
        ];
    }

    /**
     * @dataProvider dates
     */
    public function testLocalDateIsTheStoresDate(string $createdAt, string $timeZone, string $localDate): void
    {
        $envelope = $this->build(EventName::InvoiceCreated, ['created_at' => $createdAt], $timeZone);

        self::assertSame(str_replace(' ', 'T', $createdAt) . 'Z', $envelope['occurred_at']);
        self::assertSame($localDate, $envelope['local_date']);
    }

    public function testDocumentsHappenWhenCreatedAndTheRestWhenUpdated(): void
    {
        $columns = ['created_at' => '2026-01-01 12:00:00', 'updated_at' => '2026-02-02 12:00:00'];
        $dates = [];
        foreach (EventName::cases() as $name) {
            $dates[$name->value] = $this->build($name, $columns, 'Europe/London')['local_date'];
        }

        self::assertSame([
            'invoice.created' => '2026-01-01',
            'invoice.paid' => '2026-02-02',
            'invoice.canceled' => '2026-02-02',
            'creditmemo.created' => '2026-01-01',
            'creditmemo.canceled' => '2026-02-02',
            'order.placed' => '2026-01-01',
            'order.invoiced' => '2026-02-02',
            'order.canceled' => '2026-02-02',
            'customer.upserted' => '2026-02-02',
            'product.upserted' => '2026-02-02',
        ], $dates);
    }

    /**
     * @return array<string, array{?string}>
     */
    public static function brokenInstants(): array
    {
        return [
            'null' => [null],
            'zero date' => ['0000-00-00 00:00:00'],
            'no such day' => ['2026-02-30 00:00:00'],
            'date only' => ['2026-02-28'],
            'other format' => ['2026-02-28T10:00:00Z'],
        ];
    }

    /**
     * @dataProvider brokenInstants
     */
    public function testBrokenInstantIsNamed(?string $createdAt): void
    {
        $this->expectException(CanonicalDataException::class);
        $this->expectExceptionMessage('invoice.created_at: expected a UTC date and time');

        $this->build(EventName::InvoiceCreated, ['created_at' => $createdAt], 'Europe/London');
    }

    public function testUnknownTimeZoneIsNamed(): void
    {
        $this->expectException(CanonicalDataException::class);
        $this->expectExceptionMessage('the store\'s time zone "Europe/Manchester" is unknown');

        $this->build(EventName::InvoiceCreated, ['created_at' => '2026-01-01 12:00:00'], 'Europe/Manchester');
    }

    /**
     * @param array<string, ?string> $columns
     * @return array<string, mixed>
     */
    private function build(EventName $name, array $columns, string $timeZone): array
    {
        return (new EnvelopeBlock())->build(
            new CapturedEvent($name, 7, 3),
            new Row($columns, 'invoice'),
            1,
            1,
            $timeZone
        );
    }
}
