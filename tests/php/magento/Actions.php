<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento;

use Byte8\SageAccounting\Cron\RunBackfill;
use Byte8\SageAccounting\Model\AdminMessage;
use Byte8\SageAccounting\Model\Backfill\BackfillJob;
use Byte8\SageAccounting\Model\Clock;
use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\Delivery\DeliveryRun;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;
use Byte8\SageAccounting\Setup\Uninstall;
use Byte8\SageAccounting\Ui\Component\Listing\SyncStatusColumn;
use Byte8\SageAccounting\ViewModel\StatusChip;
use Magento\Framework\App\CacheInterface;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\Authorization\PolicyInterface;
use Magento\Framework\DB\Adapter\AdapterInterface;
use Magento\Framework\ObjectManagerInterface;
use Magento\Framework\Setup\ModuleContextInterface;
use Magento\Framework\Setup\SchemaSetupInterface;
use Magento\Framework\View\Element\UiComponent\DataProvider\CollectionFactory;
use Magento\Ui\DataProvider\AbstractDataProvider;

/**
 * Reads and breaks things inside an installed Magento for a run.
 */
class Actions
{
    private const OWN_TABLES = [
        'byte8_event_outbox', 'byte8_entity_sync_state', 'byte8_entity_hold', 'byte8_sage_value', 'byte8_sage_token',
    ];

    private readonly AdapterInterface $connection;

    private readonly ?SalesTables $tables;

    public function __construct(private readonly ObjectManagerInterface $objects)
    {
        $this->connection = $objects->get(ResourceConnection::class)->getConnection('sales');
        $this->tables = class_exists(SalesTables::class) ? $objects->get(SalesTables::class) : null;
    }

    /**
     * @param string[] $arguments
     * @return array<int|string, mixed>
     */
    public function do(string $action, array $arguments): array
    {
        return match ($action) {
            'rows' => $this->connection->fetchPairs($this->connection->select()->from(
                $this->tables->outbox(),
                ['id', "CONCAT(idempotency_key, ' ', state)"]
            )->order('id')),
            'mirror' => $this->connection->fetchAll(
                $this->connection->select()->from($this->tables->syncState())->order('id')
            ),
            'chip' => ['html' => $this->chip($arguments[0], (int) $arguments[1])],
            'grid' => $this->grid($arguments[0], $arguments[1], (int) $arguments[2]),
            'grid-queries' => $this->gridQueries($arguments[0]),
            'admin-message' => $this->adminMessage(),
            'hold' => $this->hold((int) $arguments[0]),
            'release' => $this->release((int) $arguments[0]),
            'deliver-only' => $this->deliverOnly(),
            // Makes rows that wait for their next attempt due now.
            'due' => ['rows' => $this->connection->update($this->tables->outbox(), ['next_attempt_at' => null])],
            'forget-answers' => ['rows' => $this->connection->update($this->tables->syncState(), [
                'sync_status' => 'pending', 'last_sync_at' => null, 'ledger_id' => null, 'ledger_reference' => null,
                'feed_cursor' => null,
            ], ["sync_status = 'synced'"])],
            // Old enough for the sweep, which skips the last two minutes because of open transactions.
            'older' => $this->older('5 MINUTE', $arguments[0], $arguments[1] ?? ''),
            'day-older' => $this->older('1 DAY', $arguments[0], $arguments[1] ?? ''),
            'uncaptured' => $this->uncaptured((int) $arguments[0]),
            'failure-older' => $this->failureOlder(),
            'began' => ['rows' => $this->connection->insertOnDuplicate(
                $this->tables->values(),
                ['name' => 'sweep.began_at', 'value' => gmdate('Y-m-d H:i:s', time() - 600)],
                ['value']
            )],
            'settings' => $this->settings($arguments[0]),
            'rename' => $this->rename($arguments[0], $arguments[1]),
            'refuse-writes' => $this->writes(false),
            'allow-writes' => $this->writes(true),
            'forget-admin' => ['rows' => $this->connection->delete(
                $this->objects->get(ResourceConnection::class)->getTableName('admin_user'),
                ['username = ?' => $arguments[0]]
            )],
            'backfill' => $this->backfill($arguments[0]),
            'uninstall' => $this->uninstall(),
            'tables' => $this->connection->fetchCol("SHOW TABLES LIKE '%byte8%'"),
        };
    }

    private function chip(string $entityType, int $entityId): string
    {
        $found = $this->objects->get(SyncStateStoreInterface::class)->find($entityType, [$entityId]);

        return $this->objects->get(StatusChip::class)->ofEntity($found[$entityId] ?? null);
    }

    /**
     * Whether a record is on the page of a grid that is filtered by status.
     *
     * @return array{isThere: bool, number: int}
     */
    private function grid(string $source, string $status, int $entityId): array
    {
        if ($source === 'product_listing_data_source') {
            $provider = $this->objects->create('Magento\Catalog\Ui\DataProvider\Product\ProductDataProvider', [
                'name' => $source, 'primaryFieldName' => 'entity_id', 'requestFieldName' => 'id',
            ]);
            assert($provider instanceof AbstractDataProvider);
            $filter = $this->objects->create(\Magento\Framework\Api\Filter::class);
            $provider->addFilter(
                $filter->setField('byte8_sage_status')->setConditionType('eq')->setValue($status)
            );
            $ids = $provider->getCollection()->getAllIds();
        } else {
            $collection = $this->objects->create(CollectionFactory::class)->getReport($source);
            $collection->addFieldToFilter('byte8_sage_status', ['eq' => $status]);
            $collection->setOrder('byte8_sage_status', 'ASC');
            $ids = array_map(
                static fn (object $item): string => (string) $item->getData('entity_id'),
                $collection->getItems()
            );
        }
        $ids = array_map('intval', $ids);

        return ['isThere' => in_array($entityId, $ids, true), 'number' => count($ids)];
    }

    /**
     * The number of our own statements that the column takes for a page of two hundred records.
     *
     * @return array{queries: int}
     */
    private function gridQueries(string $entityType): array
    {
        $column = $this->objects->create(SyncStatusColumn::class, [
            'context' => $this->objects->create(\Magento\Framework\View\Element\UiComponent\Context::class, [
                'pageLayout' => $this->objects->create(\Magento\Framework\View\LayoutInterface::class),
            ]),
            'data' => ['name' => 'byte8_sage_status', 'config' => ['entityType' => $entityType]],
        ]);
        $profiler = $this->connection->getProfiler();
        $profiler->setEnabled(true);
        $profiler->clear();
        $items = array_map(static fn (int $id): array => ['entity_id' => $id], range(1, 200));
        $column->prepareDataSource(['data' => ['items' => $items]]);

        $ours = array_filter(
            $profiler->getQueryProfiles() ?: [],
            static fn (object $profile): bool => str_contains((string) $profile->getQuery(), 'byte8_')
        );

        return ['queries' => count($ours)];
    }

    /**
     * The backfill of the admin, from its start to its end, as cron runs it.
     *
     * @return array<string, mixed> its progress
     */
    private function backfill(string $from): array
    {
        $job = $this->objects->get(BackfillJob::class);
        $job->start($from, gmdate('Y-m-d', time() + 86400), ['invoice', 'creditmemo'], 'e2e');
        $this->objects->get(RunBackfill::class)->execute();

        return get_object_vars($job->progress()) + ['records' => $job->request()->records];
    }

    /**
     * @return array{text: string}
     */
    private function adminMessage(): array
    {
        $policy = new class implements PolicyInterface {
            public function isAllowed($roleId, $resourceId, $privilege = null)
            {
                return true;
            }
        };
        $message = $this->objects->create(AdminMessage::class, [
            'authorization' => $this->objects->create(\Magento\Framework\Authorization::class, [
                'aclPolicy' => $policy,
            ]),
        ]);

        return ['text' => $message->isDisplayed() ? (string) $message->getText() : ''];
    }

    /**
     * @return array{}
     */
    private function hold(int $invoiceId): array
    {
        $this->objects->get(SyncStateStoreInterface::class)->hold('invoice', $invoiceId, HoldMode::Hold, 'e2e');

        return [];
    }

    /**
     * @return array{}
     */
    private function release(int $invoiceId): array
    {
        $this->objects->get(SyncStateStoreInterface::class)->release('invoice', $invoiceId);

        return [];
    }

    /**
     * Sends waiting rows without reading results.
     *
     * @return array{delivered: int}
     */
    private function deliverOnly(): array
    {
        $until = $this->objects->get(Clock::class)->now()->modify('+1 minute');

        return ['delivered' => $this->objects->get(DeliveryRun::class)->run($until)->delivered];
    }

    /**
     * An invoice as if it had been made before the module was installed.
     *
     * @return array{rows: int}
     */
    private function uncaptured(int $invoiceId): array
    {
        $rows = 0;
        $keys = [$this->tables->outbox() => 'entity_id', $this->tables->syncState() => 'magento_id'];
        foreach ($keys as $table => $key) {
            $rows += $this->connection->delete($table, ["entity_type = 'invoice'", $key . ' = ?' => $invoiceId]);
        }

        return ['rows' => $rows];
    }

    /**
     * Makes documents older.
     *
     * @return array{rows: int}
     */
    private function older(string $interval, string $invoices, string $creditMemos): array
    {
        $rows = 0;
        foreach (['sales_invoice' => $invoices, 'sales_creditmemo' => $creditMemos] as $table => $ids) {
            if ($ids !== '') {
                $rows += $this->connection->update($this->tables->named($table), [
                    'created_at' => new \Zend_Db_Expr('created_at - INTERVAL ' . $interval),
                    'updated_at' => new \Zend_Db_Expr('updated_at - INTERVAL ' . $interval),
                ], ['entity_id IN (?)' => explode(',', $ids)]);
            }
        }

        return ['rows' => $rows];
    }

    /**
     * @return array{}
     */
    private function failureOlder(): array
    {
        $cache = $this->objects->get(CacheInterface::class);
        $known = json_decode((string) $cache->load('byte8_sage_capture_failure'), true);
        if (is_array($known)) {
            $known['since'] = gmdate(\DATE_ATOM, time() - 300);
            $cache->save((string) json_encode($known), 'byte8_sage_capture_failure');
        }

        return [];
    }

    /**
     * Settings without a relay.
     *
     * @return array{}
     */
    private function settings(string $file): array
    {
        $this->objects->get(SettingsRepository::class)->replaceWith((string) file_get_contents($file));

        return [];
    }

    /**
     * @return array{}
     */
    private function rename(string $from, string $to): array
    {
        $this->connection->renameTable($this->tables->named($from), $this->tables->named($to));

        return [];
    }

    /**
     * Makes the database refuse every write to the module's tables, or accept them again.
     *
     * @return array{}
     */
    private function writes(bool $areAllowed): array
    {
        foreach (self::OWN_TABLES as $table) {
            foreach (['INSERT', 'UPDATE', 'DELETE'] as $write) {
                $trigger = 'byte8_drill_' . strtolower($write) . '_' . $table;
                $this->connection->query('DROP TRIGGER IF EXISTS ' . $trigger);
                if (!$areAllowed) {
                    $this->connection->query('CREATE TRIGGER ' . $trigger . ' BEFORE ' . $write . ' ON '
                        . $this->tables->named($table) . ' FOR EACH ROW SIGNAL SQLSTATE \'42000\' '
                        . 'SET MESSAGE_TEXT = \'refused for a drill\', MYSQL_ERRNO = 1142');
                }
            }
        }

        return [];
    }

    /**
     * @return array{}
     */
    private function uninstall(): array
    {
        $context = new class implements ModuleContextInterface {
            public function getVersion()
            {
                return '';
            }
        };
        $this->objects->create(Uninstall::class)->uninstall(
            $this->objects->get(SchemaSetupInterface::class),
            $context
        );
        // "module:uninstall" does this after the script, but only for modules of Composer.
        $this->connection->delete(
            $this->objects->get(ResourceConnection::class)->getTableName('setup_module'),
            ['module = ?' => 'Byte8_SageAccounting']
        );

        return [];
    }
}
