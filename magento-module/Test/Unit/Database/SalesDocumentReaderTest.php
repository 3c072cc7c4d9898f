<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Database;

use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\Magento\SalesDocumentReader;
use Byte8\SageAccounting\Model\Canonical\Magento\SalesRowReader;
use Byte8\SageAccounting\Model\Canonical\Magento\StoreReader;
use Byte8\SageAccounting\Model\Canonical\Magento\StoreTimeZone;
use Byte8\SageAccounting\Model\Canonical\Source\SalesDocumentRows;
use Byte8\SageAccounting\Test\Database\RecordedShop;
use Byte8\SageAccounting\Test\Database\TestDatabase;
use Byte8\SageAccounting\Test\Fake\BrokenSource;
use Byte8\SageAccounting\Test\Fake\FakeScopeConfig;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use Byte8\SageAccounting\Test\Recorded\RecordedEventBuilder;
use Magento\Store\Api\Data\StoreInterface;
use Magento\Store\Model\StoreManagerInterface;
use PHPUnit\Framework\TestCase;

/**
 * The tables of a real MariaDB give the same event, byte for byte, as the rows that were recorded from them.
 */
class SalesDocumentReaderTest extends TestCase
{
    private const TIME_ZONE = 'Europe/London';

    /** Statements for an invoice; a credit memo takes three more. */
    private const STATEMENTS = 8;

    private static ?TestDatabase $database = null;

    public static function tearDownAfterClass(): void
    {
        self::$database = null;
    }

    /**
     * @return iterable<string, array{string}>
     */
    public static function files(): iterable
    {
        foreach (GoldenRows::names() as $name) {
            if (preg_match('/"event": ?"(invoice|creditmemo|order)\./', GoldenRows::text($name)) === 1) {
                yield $name => [$name];
            }
        }
    }

    /**
     * @dataProvider files
     */
    public function testEventIsTheSameFromTablesAndFromRecordedRows(string $name): void
    {
        $database = self::$database ??= TestDatabase::fresh();
        $shop = new RecordedShop($database, $name);
        $file = GoldenRows::file($name);
        $compared = 0;
        foreach ($shop->recordedEvents as $place => $recordedEvent) {
            $shop->setTo($place);
            $event = $file->event($place)->captured();
            if ($event === null || !in_array($event->name->entityType(), ['invoice', 'creditmemo', 'order'], true)) {
                continue;
            }
            $before = $database->adapter->statements;
            $source = $this->source($database, $recordedEvent['store']);
            $built = RecordedEventBuilder::assemble()->build($event, $source);
            $statements = $database->adapter->statements - $before;

            self::assertSame((new RecordedEventBuilder())->build($file->event($place)), $built, $name . '#' . $place);
            // The order's other documents, and the rows of its invoices.
            $most = self::STATEMENTS + ($event->name === EventName::CreditMemoCreated ? 3 : 2);
            self::assertLessThanOrEqual($most, $statements);
            $compared++;
        }
        self::assertGreaterThan(0, $compared);
    }

    /**
     * @dataProvider files
     */
    public function testDocumentsThatAreReadTogetherAreTheSameAndTakeTheStatementsOfOne(string $name): void
    {
        $database = self::$database ??= TestDatabase::fresh();
        $shop = new RecordedShop($database, $name);
        array_map($shop->setTo(...), array_keys($shop->recordedEvents));
        $reader = $this->reader($database, ['website_id' => 1]);
        $compared = 0;
        foreach (['invoice', 'creditmemo', 'order'] as $type) {
            $ids = array_map('intval', $database->adapter->fetchCol('SELECT entity_id FROM sales_' . $type));
            $before = $database->adapter->statements;
            $together = $reader->readAll($type, [...$ids, 999999]);
            self::assertLessThanOrEqual(self::STATEMENTS + 3, $database->adapter->statements - $before);
            self::assertSame([...$ids, 999999], array_keys($together));
            self::assertInstanceOf(CanonicalDataException::class, $together[999999], 'one of them is not there');
            foreach ($ids as $id) {
                self::assertEquals($reader->readAll($type, [$id])[$id], $together[$id], $type . ' ' . $id);
                $compared++;
            }
        }
        self::assertGreaterThan(0, $compared);
    }

    public function testWhatIsNotThereIsNamed(): void
    {
        $database = self::$database ??= TestDatabase::fresh();
        $shop = new RecordedShop($database, 'ship_excl_taxed');
        $shop->setTo(1);
        $event = GoldenRows::file('ship_excl_taxed')->event(1)->captured();
        self::assertNotNull($event);
        $missing = ['sales_order_payment' => 'order_payment: missing', 'sales_order' => 'order: nothing has'];
        foreach ($missing as $table => $text) {
            $database->adapter->delete($table);
            try {
                $this->source($database, ['website_id' => 1])->salesDocument($event);
                self::fail('a missing row must be reported');
            } catch (CanonicalDataException $exception) {
                self::assertStringContainsString($text, $exception->getMessage());
            }
        }
        $this->expectExceptionMessage('invoice: nothing has the entity_id 999999');
        $this->source($database, ['website_id' => 1])
            ->salesDocument(new CapturedEvent(EventName::InvoiceCreated, 999999, 1));
    }

    /**
     * @param array<string, mixed> $store recorded row
     */
    private function reader(TestDatabase $database, array $store): SalesDocumentReader
    {
        $ofMagento = $this->createStub(StoreInterface::class);
        $ofMagento->method('getWebsiteId')->willReturn($store['website_id']);
        $stores = $this->createStub(StoreManagerInterface::class);
        $stores->method('getStore')->willReturn($ofMagento);
        $config = new FakeScopeConfig(['general/locale/timezone' => $store['timezone'] ?? self::TIME_ZONE]);

        return new SalesDocumentReader(
            new SalesRowReader($database->tables),
            new StoreReader($stores, new StoreTimeZone($config))
        );
    }

    /**
     * @param array<string, mixed> $store recorded row
     */
    private function source(TestDatabase $database, array $store): BrokenSource
    {
        $reader = $this->reader($database, $store);

        return new class (GoldenRows::file('ship_excl_taxed')->event(1), $reader) extends BrokenSource {
            public function __construct($inner, private readonly SalesDocumentReader $reader)
            {
                parent::__construct($inner);
            }

            public function salesDocument(CapturedEvent $event): SalesDocumentRows
            {
                return $this->reader->read($event);
            }
        };
    }
}
