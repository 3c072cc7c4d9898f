<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\ShopReport;

use Byte8\SageAccounting\Model\Canonical\CanonicalJson;
use Byte8\SageAccounting\Model\Canonical\Magento\DecimalText;
use Byte8\SageAccounting\Model\Canonical\Magento\StoreTimeZone;
use Byte8\SageAccounting\Model\ModuleVersion;
use Byte8\SageAccounting\Model\ShopReport\AdminUrl;
use Byte8\SageAccounting\Model\ShopReport\PaymentMethods;
use Byte8\SageAccounting\Model\ShopReport\ProfileRows;
use Byte8\SageAccounting\Model\ShopReport\ShopProfile;
use Byte8\SageAccounting\Test\Database\TestDatabase;
use Byte8\SageAccounting\Test\Fake\FakeInstallationFacts;
use Byte8\SageAccounting\Test\Fake\FixedClock;
use Byte8\SageAccounting\Test\Fake\ScopedConfig;
use Magento\Backend\App\Area\FrontNameResolver;
use Magento\Framework\App\ProductMetadataInterface;
use Magento\Framework\App\ResourceConnection;
use Magento\Payment\Api\Data\PaymentMethodInterface;
use Magento\Payment\Api\PaymentMethodListInterface;
use Magento\Store\Api\Data\StoreInterface;
use Magento\Store\Api\Data\WebsiteInterface;
use Magento\Store\Model\StoreManagerInterface;
use PHPUnit\Framework\TestCase;

/**
 * The shop of the example that core and relay are tested with tells the same profile, from its own tables.
 */
class ShopProfileTest extends TestCase
{
    private const EXAMPLE = __DIR__ . '/../../../../golden/shops/united_kingdom.json';

    private const TABLES = [
        'catalog_product_entity' => 'entity_id INT, type_id VARCHAR(32)',
        'tax_calculation_rate' =>
            'tax_calculation_rate_id INT, tax_country_id VARCHAR(2), code VARCHAR(255), rate DECIMAL(12,4)',
        'tax_calculation' => 'tax_calculation_rate_id INT',
        'sales_order' => 'entity_id INT, created_at DATETIME',
        'sales_order_payment' => 'entity_id INT, parent_id INT, method VARCHAR(128), additional_information TEXT',
    ];

    private TestDatabase $database;

    private ScopedConfig $config;

    private FakeInstallationFacts $facts;

    /** @var array<string, mixed> */
    private array $example;

    protected function setUp(): void
    {
        $this->database = TestDatabase::fresh();
        foreach (self::TABLES as $table => $columns) {
            $this->database->adapter->execute('CREATE TEMPORARY TABLE ' . $table . ' (' . $columns . ')');
        }
        $this->facts = new FakeInstallationFacts();
        $this->example = json_decode((string) file_get_contents(self::EXAMPLE), true, 512, JSON_THROW_ON_ERROR);
        $this->config = new ScopedConfig([
            'currency/options/base' => ['' => 'GBP'],
            'currency/options/allow' => ['' => 'GBP', 2 => 'EUR,GBP'],
            'general/locale/timezone' => ['' => 'Europe/London'],
            'web/secure/use_in_adminhtml' => ['' => '1'],
        ]);
        foreach ($this->example['product_types'] as $id => $type) {
            $this->row('catalog_product_entity', ['entity_id' => 2 * $id, 'type_id' => $type]);
            $this->row('catalog_product_entity', ['entity_id' => 2 * $id + 1, 'type_id' => $type]);
        }
        foreach ($this->example['tax_rates'] as $id => $rate) {
            $this->rate($id, $rate, true);
            // A second rule uses it too.
            $this->row('tax_calculation', ['tax_calculation_rate_id' => $id]);
        }
    }

    protected function tearDown(): void
    {
        $this->database->adapter->close();
    }

    public function testTheShopOfTheExampleTellsTheExample(): void
    {
        $this->rate(99, ['tax_country_id' => 'GB', 'code' => 'no rule uses it', 'rate' => '99.0000'], false);
        $this->example['versions']['php'] = PHP_VERSION;

        self::assertSame($this->example, $this->told());
        self::assertStringContainsString('"rate":"20.0000"', $this->profile()->json());
        self::assertStringContainsString('"is_active":true', $this->profile()->json());
    }

    public function testAMethodThatTheLastYearWasPaidWithIsNamedWithNothingElseOfThePayment(): void
    {
        $this->paid(1, 'banktransfer', '2026-11-01 10:00:00', '{"method_title":"An older title"}');
        $this->paid(2, 'banktransfer', '2026-11-02 10:00:00', '{"method_title":"Wire","cc_owner":"Pat Example"}');
        $this->paid(3, 'checkmo', '2026-11-02 10:00:00', '{"method_title":"Not the title of the active one"}');
        $this->paid(4, 'gone', '2026-11-02 10:00:00', 'no JSON');
        $this->paid(5, 'long_gone', '2025-11-01 10:00:00', null);
        $this->paid(6, null, '2026-11-02 10:00:00', null);
        $methods = array_column($this->told()['payment_methods'], null, 'code');

        self::assertSame(
            ['banktransfer', 'checkmo', 'free', 'gone', 'paypal_express', 'stripe_payments'],
            array_keys($methods)
        );
        self::assertSame(['code' => 'banktransfer', 'title' => 'Wire', 'is_active' => false], $methods['banktransfer']);
        self::assertSame(['code' => 'gone', 'title' => 'gone', 'is_active' => false], $methods['gone']);
        self::assertSame('Check / Money order', $methods['checkmo']['title']);
        self::assertStringNotContainsString('Pat', $this->profile()->json());
    }

    public function testARateForEachPostcodeBecomesOneForEachCountryAndPercentage(): void
    {
        foreach (range(100, 2200) as $id) {
            $rate = $id % 2 === 0 ? '6.2500' : '7.5000';
            $this->rate($id, ['tax_country_id' => 'US', 'code' => 'US-' . $id, 'rate' => $rate], true);
        }
        $rates = $this->told()['tax_rates'];

        self::assertCount(8, $rates);
        self::assertContains(['code' => 'US-100', 'tax_country_id' => 'US', 'rate' => '6.2500'], $rates);
        self::assertContains(['code' => 'GB VAT 20%', 'tax_country_id' => 'GB', 'rate' => '20.0000'], $rates);
    }

    public function testAnAddressThatDependsOnTheRequestIsNotKnown(): void
    {
        $this->facts->baseUrl = '';
        self::assertNull($this->told()['admin_url']);

        $this->facts->baseUrl = 'https://shop.example/';
        self::assertNull($this->told('')['admin_url']);
        $this->config->values['web/secure/use_in_adminhtml'] = ['' => '0'];
        self::assertSame('http://shop.example/admin/', $this->told()['admin_url']);
    }

    public function testTheRelaySupportListsEveryMethodOnce(): void
    {
        $rows = $this->createStub(ProfileRows::class);
        $methods = new PaymentMethods($this->methods(), $this->stores(), $rows, new FixedClock());
        $listed = $methods->listed();

        self::assertSame(
            ['cashondelivery', 'checkmo', 'free', 'paypal_express', 'stripe_payments'],
            array_column($listed, 'code')
        );
        self::assertSame([false, true], [$listed['cashondelivery']['is_active'], $listed['checkmo']['is_active']]);
    }

    /**
     * @return array<string, mixed>
     */
    private function told(string $frontName = 'admin'): array
    {
        return json_decode($this->profile($frontName)->json(), true, 512, JSON_THROW_ON_ERROR);
    }

    private function profile(string $frontName = 'admin'): ShopProfile
    {
        $stores = $this->stores();
        $rows = new ProfileRows(
            $this->database->tables,
            new ResourceConnection($this->database->adapter),
            new DecimalText()
        );
        $metadata = $this->createStub(ProductMetadataInterface::class);
        $metadata->method('getVersion')->willReturn('2.4.7-p3');
        $version = $this->createStub(ModuleVersion::class);
        $composer = (string) file_get_contents(__DIR__ . '/../../../composer.json');
        $version->method('get')->willReturn(json_decode($composer, true)['version']);

        return new ShopProfile(
            $stores,
            $this->config,
            new StoreTimeZone($this->config),
            new PaymentMethods($this->methods(), $stores, $rows, new FixedClock()),
            $rows,
            new AdminUrl($stores, $this->config, new FrontNameResolver($frontName), $this->facts),
            $metadata,
            $version,
            new CanonicalJson()
        );
    }

    /**
     * The stores and websites of the example, not in the order of their ids.
     */
    private function stores(): StoreManagerInterface
    {
        $stores = [];
        foreach (array_reverse($this->example['stores']) as $row) {
            $stores[] = $store = $this->createStub(StoreInterface::class);
            $store->method('getId')->willReturn((string) $row['store_id']);
            $store->method('getWebsiteId')->willReturn((string) $row['website_id']);
            $store->method('getCode')->willReturn($row['code']);
            $store->method('getName')->willReturn($row['name']);
        }
        $websites = [];
        foreach (array_reverse($this->example['websites']) as $row) {
            $websites[] = $website = $this->createStub(WebsiteInterface::class);
            $website->method('getId')->willReturn((string) $row['website_id']);
            $website->method('getCode')->willReturn($row['code']);
            $website->method('getName')->willReturn($row['name']);
        }
        $manager = $this->createStub(StoreManagerInterface::class);
        $manager->method('getStores')->willReturn($stores);
        $manager->method('getWebsites')->willReturn($websites);
        $manager->method('getStore')->willReturn(new class {
            public function getBaseUrl(string $type, bool $isSecure): string
            {
                return ($isSecure ? 'https' : 'http') . '://shop.example/';
            }
        });

        return $manager;
    }

    /**
     * The methods of the example are active in the second store view only; one more is active nowhere.
     */
    private function methods(): PaymentMethodListInterface
    {
        $list = $this->createStub(PaymentMethodListInterface::class);
        $list->method('getList')->willReturnCallback(fn (int $storeId): array => array_map(
            function (array $row) use ($storeId): PaymentMethodInterface {
                $method = $this->createStub(PaymentMethodInterface::class);
                $method->method('getCode')->willReturn($row['code']);
                $method->method('getTitle')->willReturn($row['title']);
                $method->method('getIsActive')->willReturn($row['is_active'] && $storeId === 2);

                return $method;
            },
            [
                ['code' => 'cashondelivery', 'title' => 'Cash', 'is_active' => false],
                ...$this->example['payment_methods'],
            ]
        ));

        return $list;
    }

    /**
     * @param array<string, mixed> $rate
     */
    private function rate(int $id, array $rate, bool $isUsed): void
    {
        $this->row('tax_calculation_rate', ['tax_calculation_rate_id' => $id] + $rate);
        if ($isUsed) {
            $this->row('tax_calculation', ['tax_calculation_rate_id' => $id]);
        }
    }

    private function paid(int $id, ?string $method, string $createdAt, ?string $information): void
    {
        $this->row('sales_order', ['entity_id' => $id, 'created_at' => $createdAt]);
        $this->row('sales_order_payment', [
            'entity_id' => 100 + $id, 'parent_id' => $id, 'method' => $method, 'additional_information' => $information,
        ]);
    }

    /**
     * @param array<string, mixed> $row
     */
    private function row(string $table, array $row): void
    {
        $this->database->adapter->insert($table, $row);
    }
}
