<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Installation;

use Byte8\SageAccounting\Model\Installation\MagentoInstallationFacts;
use Byte8\SageAccounting\Test\Database\TestDatabase;
use Byte8\SageAccounting\Test\Fake\FakeScopeConfig;
use Magento\Framework\App\DeploymentConfig;
use Magento\Framework\App\ResourceConnection;
use Magento\Store\Api\Data\StoreInterface;
use Magento\Store\Model\StoreManagerInterface;
use PHPUnit\Framework\TestCase;

/**
 * Address and database from Magento's configuration, the same in every request and in cron.
 */
class MagentoInstallationFactsTest extends TestCase
{
    private const SECURE = 'web/secure/base_url';
    private const UNSECURE = 'web/unsecure/base_url';

    private TestDatabase $database;

    protected function setUp(): void
    {
        $this->database = TestDatabase::fresh();
        $this->database->adapter->execute('CREATE TEMPORARY TABLE core_config_data (path TEXT, value TEXT)');
    }

    protected function tearDown(): void
    {
        $this->database->adapter->close();
    }

    /**
     * @return iterable<string, array{array<int, array{string, string}>, array<string, string>, string}>
     */
    public static function addresses(): iterable
    {
        $shown = [self::SECURE => 'https://shop.example/', self::UNSECURE => 'http://shop.example/'];
        $unsecure = [self::UNSECURE, 'http://shop.example/'];
        yield 'both' => [[$unsecure, [self::SECURE, 'https://shop.example/']], $shown, 'https://shop.example/'];
        yield 'only one' => [[$unsecure], $shown, 'http://shop.example/'];
        yield 'one refers to the other' => [
            [$unsecure, [self::SECURE, '{{unsecure_base_url}}']],
            $shown,
            'http://shop.example/',
        ];
        yield 'whatever the browser asked for' => [[[self::UNSECURE, '{{base_url}}']], $shown, ''];
        yield 'nothing written' => [[], $shown, ''];
    }

    /**
     * @dataProvider addresses
     * @param array<int, array{string, string}> $written
     * @param array<string, string> $shown
     */
    public function testAddressIsTheOneThatIsWrittenDown(array $written, array $shown, string $expected): void
    {
        foreach ($written as [$path, $value]) {
            $this->database->adapter->insert('core_config_data', ['path' => $path, 'value' => $value]);
        }

        self::assertSame($expected, $this->facts([], $shown)->baseUrl());
    }

    public function testAddressInTheDeploymentConfigurationCounts(): void
    {
        $url = 'https://shop.example/';
        $facts = $this->facts(['system/default/' . self::SECURE => $url], [self::SECURE => $url]);

        self::assertSame($url, $facts->baseUrl());
    }

    /**
     * @return iterable<string, array{array<string, mixed>, string}>
     */
    public static function databases(): iterable
    {
        $here = '@' . strtolower((string) gethostname());
        $of = static fn (string $host): array => ['db/connection/default' => ['host' => $host, 'dbname' => 'shop']];
        yield 'a server' => [$of('DB.example'), 'db.example/shop'];
        yield 'its usual port' => [$of('db.example:3306'), 'db.example/shop'];
        yield 'another port' => [$of('db.example:3307'), 'db.example:3307/shop'];
        yield 'this machine' => [$of('localhost'), 'localhost' . $here . '/shop'];
        yield 'this machine by number' => [$of('127.0.0.1:3307'), '127.0.0.1:3307' . $here . '/shop'];
        yield 'a socket' => [$of('/run/mysqld/mysqld.sock'), '/run/mysqld/mysqld.sock' . $here . '/shop'];
        yield 'sales elsewhere' => [
            ['resource/sales/connection' => 'sales', 'db/connection/sales' => ['host' => 's', 'dbname' => 'sales']],
            's/sales',
        ];
    }

    /**
     * @dataProvider databases
     * @param array<string, mixed> $deployment
     */
    public function testDatabaseIsServerAndName(array $deployment, string $expected): void
    {
        self::assertSame($expected, $this->facts($deployment)->database());
    }

    /**
     * @param array<string, mixed> $deployment
     * @param array<string, string> $config
     */
    private function facts(array $deployment, array $config = []): MagentoInstallationFacts
    {
        $store = $this->createStub(StoreInterface::class);
        $store->method('getId')->willReturn(1);
        $stores = $this->createStub(StoreManagerInterface::class);
        $stores->method('getDefaultStoreView')->willReturn($store);

        return new MagentoInstallationFacts(
            new FakeScopeConfig($config),
            $stores,
            new ResourceConnection($this->database->adapter),
            new DeploymentConfig($deployment)
        );
    }
}
