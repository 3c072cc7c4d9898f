<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Canonical;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\Magento\DecimalText;
use Byte8\SageAccounting\Model\Canonical\Magento\EntityRowReader;
use Byte8\SageAccounting\Model\Canonical\Source\Row;
use Byte8\SageAccounting\Test\Fake\DescribedTables;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use Byte8\SageAccounting\Test\Recorded\RecordedEventBuilder;
use Byte8\SageAccounting\Test\Recorded\RecordedFile;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\DataObject;
use PHPUnit\Framework\TestCase;

/**
 * Entities as they are in the middle of a request give the same event as the rows in the database.
 */
class EntityRowReaderTest extends TestCase
{
    private const TABLES = [
        'invoice' => 'sales_invoice',
        'invoice_items' => 'sales_invoice_item',
        'order' => 'sales_order',
        'order_items' => 'sales_order_item',
        'order_addresses' => 'sales_order_address',
        'order_payment' => 'sales_order_payment',
    ];

    /** Columns that Magento's models decode when they are loaded. */
    private const DECODED_COLUMNS = ['product_options', 'additional_information'];

    /**
     * @return array<string, array{string}>
     */
    public static function documents(): array
    {
        return [
            'one line' => ['ship_excl_taxed'],
            'rows with parents' => ['type_bundle_dynamic'],
            'discount with tax inside' => ['disc_percent_incl_on_incl'],
            'odd characters' => ['text_entities'],
            'no shipping address' => ['type_virtual'],
        ];
    }

    /**
     * @dataProvider documents
     */
    public function testEventIsTheSameFromEntitiesAndFromRows(string $name): void
    {
        $event = json_decode(GoldenRows::text($name), true)['events'][1];
        $reader = $this->reader($event);
        $asEntities = $event;
        foreach (self::TABLES as $key => $table) {
            $isList = array_is_list($event[$key]);
            $read = [];
            foreach ($isList ? $event[$key] : [$event[$key]] as $columns) {
                $row = $reader->row($this->inTheMiddleOfARequest($columns), $table, $key);
                foreach (array_keys($columns) as $column) {
                    $columns[$column] = $this->columnOf($row, $column, $columns[$column]);
                }
                $read[] = $columns;
            }
            $asEntities[$key] = $isList ? $read : $read[0];
        }

        self::assertSame($this->build($event), $this->build($asEntities));
    }

    public function testObjectInAColumnIsNamed(): void
    {
        $reader = $this->reader(['invoice' => ['grand_total' => '1.0000']] + array_fill_keys(
            array_keys(self::TABLES),
            []
        ));
        $this->expectException(CanonicalDataException::class);
        $this->expectExceptionMessage('invoice.grand_total: holds an object');

        $reader->row(new DataObject(['grand_total' => new \stdClass()]), 'sales_invoice', 'invoice');
    }

    public function testColumnsThatTheTableDoesNotHaveAreLeftOut(): void
    {
        $reader = $this->reader(['invoice' => ['grand_total' => '1.0000', 'state' => '2']] + array_fill_keys(
            array_keys(self::TABLES),
            []
        ));
        $row = $reader->row(new DataObject(['grand_total' => 1, 'secret' => 'x']), 'sales_invoice', 'invoice');

        self::assertSame('1.0000', $row->money('grand_total'));
        self::assertNull($row->nullableInteger('state'));
        self::assertFalse($row->has('secret'));
    }

    /**
     * @param array<string, mixed> $event
     */
    private function reader(array $event): EntityRowReader
    {
        $rowsByTable = [];
        foreach (self::TABLES as $key => $table) {
            $rowsByTable[$table] = array_is_list($event[$key]) ? $event[$key] : [$event[$key]];
        }

        return new EntityRowReader(new ResourceConnection(new DescribedTables($rowsByTable)), new DecimalText());
    }

    /**
     * Money as floats, ids as integers, decoded JSON: what a model may hold before it is loaded again.
     *
     * @param array<string, ?string> $columns
     */
    private function inTheMiddleOfARequest(array $columns): DataObject
    {
        $values = [];
        foreach ($columns as $column => $value) {
            $values[$column] = match (true) {
                $value === null => null,
                in_array($column, self::DECODED_COLUMNS, true) => json_decode($value, true),
                preg_match('/^-?[0-9]+\.[0-9]{4}$/D', $value) === 1 => (float) $value,
                preg_match('/^(0|[1-9][0-9]{0,8})$/D', $value) === 1 => (int) $value,
                default => $value,
            };
        }

        return new DataObject($values);
    }

    /**
     * The column as a recorded row would hold it.
     */
    private function columnOf(Row $row, string $column, ?string $old): mixed
    {
        if ($old !== null && preg_match('/^(0|[1-9][0-9]{0,8})$/D', $old) === 1) {
            return (string) $row->integer($column);
        }

        return $row->text($column);
    }

    /**
     * @param array<string, mixed> $event
     */
    private function build(array $event): string
    {
        $file = RecordedFile::fromJson(json_encode(['events' => [$event]], JSON_THROW_ON_ERROR));

        return (string) (new RecordedEventBuilder())->build($file->event(0));
    }
}
