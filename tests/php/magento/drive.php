<?php

/**
 * Does one thing inside an installed Magento and prints what came of it as JSON: php drive.php DIR ACTION [ARGUMENT…]
 */

declare(strict_types=1);

use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\Outbox\CaptureRequest;
use Byte8\SageAccounting\Model\Outbox\OutboxStoreInterface;
use Byte8\SageAccounting\Model\Outbox\TranslationRun;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;
use Byte8\SageAccounting\Setup\Uninstall;
use Byte8\SageAccounting\Tools\Magento\Shop;
use Byte8\SageAccounting\ViewModel\Chip;
use Magento\Framework\App\Bootstrap;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\App\State;
use Magento\Framework\ObjectManager\ConfigLoaderInterface;
use Magento\Framework\Setup\ModuleContextInterface;
use Magento\Framework\Setup\SchemaSetupInterface;
use Magento\Store\Model\StoreManagerInterface;

[, $folder, $action] = $argv;
$arguments = array_slice($argv, 3);
ini_set('memory_limit', '2G');
require $folder . '/app/bootstrap.php';
require __DIR__ . '/Shop.php';
$objects = Bootstrap::create(BP, $_SERVER)->getObjectManager();
$objects->get(State::class)->setAreaCode('adminhtml');
$objects->configure($objects->get(ConfigLoaderInterface::class)->load('adminhtml'));
$objects->get(StoreManagerInterface::class)->setCurrentStore(1);
$shop = new Shop($objects);
$tables = class_exists(SalesTables::class) ? $objects->get(SalesTables::class) : null;
$median = static function (array $times): float {
    sort($times);

    return round($times[intdiv(count($times), 2)] * 1000, 3);
};
$answer = match ($action) {
    // An order paid at once, one paid later, one refunded in two parts, a customer, a product.
    'documents' => (static function () use ($shop): array {
        $product = $shop->product();
        $customer = $shop->customer();
        $paid = $shop->invoice($shop->order($product));
        $later = $shop->invoice($shop->order($product, 3), false);
        $shop->pay($later);
        $refunded = $shop->order($product, 4);
        $invoice = $shop->invoice($refunded);
        $memo = $shop->refund($refunded, '0', 1);
        $rest = $shop->refund($refunded);
        $documents = [];
        foreach ([$paid, $later, $invoice] as $each) {
            $fresh = $shop->reloadedInvoice((int) $each->getId());
            $documents['sales_invoices'][$fresh->getIncrementId()] = $fresh->getGrandTotal();
            $documents['invoice'][] = (int) $fresh->getId();
        }
        foreach ([$memo, $rest] as $each) {
            $fresh = $shop->reloadedCreditmemo((int) $each->getId());
            $documents['sales_credit_notes'][$fresh->getIncrementId()] = $fresh->getGrandTotal();
        }

        return $documents + [
            'creditmemo' => [(int) $memo->getId(), (int) $rest->getId()],
            'customer' => [(int) $customer->getId()],
            'product' => [(int) $product->getId()],
        ];
    })(),
    'invoice' => (static function () use ($shop): array {
        $invoice = $shop->invoice($shop->order($shop->product()));

        return ['id' => (int) $invoice->getId()];
    })(),
    // A save that fails after the invoice was written.
    'rolled-back-invoice' => (static function () use ($shop, $tables): array {
        $order = $shop->order($shop->product());
        $tables->connection()->beginTransaction();
        $invoice = $shop->invoice($order);
        $tables->connection()->rollBack();

        return ['id' => (int) $invoice->getId()];
    })(),
    'rows' => $tables->connection()->fetchPairs(
        $tables->connection()->select()->from($tables->outbox(), ['id', "CONCAT(idempotency_key, ' ', state)"])
    ),
    'mirror' => $tables->connection()->fetchAll($tables->connection()->select()->from($tables->syncState())),
    'chip' => ['html' => $objects->get(Chip::class)->ofEntity(
        $objects->get(SyncStateStoreInterface::class)->find($arguments[0], [(int) $arguments[1]])[(int) $arguments[1]]
            ?? null
    )],
    // Lets rows that wait for their next attempt go at once.
    'due' => ['rows' => $tables->connection()->update($tables->outbox(), ['next_attempt_at' => null])],
    'older' => ['rows' => $tables->connection()->update(
        $tables->named('sales_invoice'),
        ['created_at' => new Zend_Db_Expr('created_at - INTERVAL 5 MINUTE'),
            'updated_at' => new Zend_Db_Expr('updated_at - INTERVAL 5 MINUTE')],
        ['entity_id = ?' => $arguments[0]]
    )],
    'began' => ['rows' => $tables->connection()->insertOnDuplicate(
        $tables->values(),
        ['name' => 'sweep.began_at', 'value' => gmdate('Y-m-d H:i:s', time() - 3600)],
        ['value']
    )],
    'rename' => (static function () use ($tables, $arguments): array {
        $tables->connection()->renameTable($tables->named($arguments[0]), $tables->named($arguments[1]));

        return [];
    })(),
    'hold' => (static function () use ($objects, $arguments): array {
        $objects->get(SyncStateStoreInterface::class)->hold('invoice', (int) $arguments[0], HoldMode::Hold, 'e2e');

        return [];
    })(),
    'release' => (static function () use ($objects, $arguments): array {
        $objects->get(SyncStateStoreInterface::class)->release('invoice', (int) $arguments[0]);

        return [];
    })(),
    // What saving costs: the row in the merchant's transaction, and the decision after it. Nothing of it stays.
    'measure' => (static function () use ($objects, $shop, $tables, $median): array {
        $store = $objects->get(OutboxStoreInterface::class);
        $capture = [];
        $tables->connection()->beginTransaction();
        for ($id = 900000; $id < 900200; $id++) {
            $start = hrtime(true);
            $store->capture(new CaptureRequest(EventName::InvoiceCreated, $id, 1));
            $capture[] = (hrtime(true) - $start) / 1e9;
        }
        $tables->connection()->rollBack();
        $save = [];
        $both = [];
        $product = $shop->product();
        for ($round = 0; $round < 15; $round++) {
            $order = $shop->order($product);
            $start = hrtime(true);
            $invoice = $shop->invoice($order);
            $save[] = (hrtime(true) - $start) / 1e9;
            $tables->connection()->update($tables->outbox(), ['state' => 'captured', 'claim_token' => null], [
                'entity_id = ?' => $invoice->getId(), "event_name = 'invoice.created'",
            ]);
            $start = hrtime(true);
            $objects->get(TranslationRun::class)->runFor('invoice', (int) $invoice->getId());
            $both[] = (hrtime(true) - $start) / 1e9;
        }

        return [
            'capture_ms' => $median($capture),
            'translate_ms' => $median($both),
            'invoice_save_ms' => $median($save),
        ];
    })(),
    'forget-admin' => ['rows' => $objects->get(ResourceConnection::class)->getConnection()->delete(
        $objects->get(ResourceConnection::class)->getTableName('admin_user'),
        ['username = ?' => $arguments[0]]
    )],
    'uninstall' => (static function () use ($objects): array {
        $context = new class implements ModuleContextInterface {
            public function getVersion()
            {
                return '';
            }
        };
        $objects->create(Uninstall::class)->uninstall($objects->get(SchemaSetupInterface::class), $context);

        return [];
    })(),
    'tables' => $objects->get(ResourceConnection::class)->getConnection()->fetchCol(
        "SHOW TABLES LIKE '%byte8%'"
    ),
};
echo json_encode($answer, JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR), "\n";
