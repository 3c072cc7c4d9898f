<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Magento\Benchmark;

use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\EventBuilder;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\Source\CachingEventSource;
use Byte8\SageAccounting\Model\Canonical\Source\EventSourceInterface;
use Byte8\SageAccounting\Model\Database\SalesTables;
use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxRecord;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\OutboxStoreInterface;
use Byte8\SageAccounting\Model\Outbox\TranslationRun;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Tools\Magento\Shop;
use Magento\Framework\ObjectManagerInterface;
use Magento\Framework\Profiler;
use Magento\Framework\Profiler\DriverInterface;
use Magento\Sales\Model\Order;

/**
 * The time that the module adds to the save of an invoice, measured by Magento's own profiler.
 */
class SaveBenchmark
{
    private const OBSERVERS = [
        'OBSERVER:byte8_sage_accounting_capture_invoice' => 'capture',
        'OBSERVER:byte8_sage_accounting_translate_invoice' => 'translate',
    ];

    public function __construct(private readonly ObjectManagerInterface $objects, private readonly Shop $shop)
    {
    }

    /**
     * An order with its own product. It is invoiced in another request, like an admin does it.
     *
     * @return array{order: int}
     */
    public function order(): array
    {
        return ['order' => (int) $this->shop->order($this->shop->product())->getId()];
    }

    /**
     * One invoice, created and paid in one save, like the admin's "Submit Invoice".
     *
     * @return array<string, float|int|string> milliseconds of each observer and of the whole save, and the invoice
     */
    public function save(int $orderId): array
    {
        $order = $this->objects->create(Order::class)->load($orderId);
        $watch = new class (self::OBSERVERS) implements DriverInterface {
            /** @var array<string, float> */
            public array $milliseconds = [];

            /** @var array<string, int> */
            private array $started = [];

            /**
             * @param array<string, string> $names
             */
            public function __construct(private readonly array $names)
            {
            }

            public function start($timerId, ?array $tags = null)
            {
                $this->started[$timerId] = hrtime(true);
            }

            public function stop($timerId)
            {
                $parts = explode(Profiler::NESTING_SEPARATOR, $timerId);
                $name = $this->names[end($parts)] ?? null;
                if ($name !== null) {
                    $spent = (hrtime(true) - $this->started[$timerId]) / 1e6;
                    $this->milliseconds[$name] = ($this->milliseconds[$name] ?? 0.0) + $spent;
                }
            }

            public function clear($timerId = null)
            {
            }
        };
        Profiler::reset();
        Profiler::add($watch);
        Profiler::enable();
        $start = hrtime(true);
        $invoice = $this->shop->invoice($order);
        $whole = (hrtime(true) - $start) / 1e6;
        Profiler::disable();

        return $watch->milliseconds + [
            'save' => $whole,
            'invoice' => (int) $invoice->getId(),
            'number' => (string) $invoice->getIncrementId(),
        ];
    }

    /**
     * The number of translated and of waiting events of an invoice.
     *
     * @return array{translated: int, waiting: int}
     */
    public function events(int $invoiceId): array
    {
        $records = $this->objects->get(OutboxEditorInterface::class)->ofEntity('invoice', $invoiceId);
        $waiting = array_filter(
            $records,
            static fn (OutboxRecord $record): bool => $record->entry->state === OutboxState::Captured
        );

        return ['translated' => count($records) - count($waiting), 'waiting' => count($waiting)];
    }

    /**
     * The parts of the translation, one by one, for an invoice that was created and paid.
     *
     * @return array<string, float> medians in milliseconds
     */
    public function parts(int $rounds = 25): array
    {
        $invoiceId = (int) $this->shop->invoice($this->shop->order($this->shop->product()))->getId();
        $tables = $this->objects->get(SalesTables::class);
        $settings = $this->objects->get(SettingsRepository::class);
        $store = $this->objects->get(OutboxStoreInterface::class);
        $source = $this->objects->get(EventSourceInterface::class);
        $builder = $this->objects->get(EventBuilder::class);
        $translator = $this->objects->get(TranslatorFactory::class)->create();
        $run = $this->objects->get(TranslationRun::class);
        $captured = new CapturedEvent(EventName::InvoiceCreated, $invoiceId, 1);
        $times = [];
        $time = static function (string $name, \Closure $work) use (&$times): mixed {
            $start = hrtime(true);
            $result = $work();
            $times[$name][] = (hrtime(true) - $start) / 1e6;

            return $result;
        };
        for ($round = 0; $round < $rounds; $round++) {
            $tables->connection()->update($tables->outbox(), ['state' => 'captured'], [
                'entity_id = ?' => $invoiceId, "entity_type = 'invoice'",
            ]);
            $document = $time('settings', static fn () => $settings->document());
            $time('outbox rows', static fn () => $store->capturedOf('invoice', $invoiceId));
            $once = new CachingEventSource($source);
            $time('read document', static fn () => $once->salesDocument($captured));
            $event = $time('build event', static fn () => $builder->build($captured, $once));
            $time('core', static fn () => $translator->translate($event, (string) $document));
            $time('one statement', static fn () => $tables->connection()->fetchOne('SELECT 1'));
            $tables->connection()->beginTransaction();
            $tables->connection()->update($tables->outbox(), ['attempts' => $round + 1], [
                'entity_id = ?' => $invoiceId, "entity_type = 'invoice'",
            ]);
            $time('commit', static fn () => $tables->connection()->commit());
            $time('both translated', static fn () => $run->runFor('invoice', $invoiceId));
        }

        return array_map(self::median(...), $times);
    }

    /**
     * @param float[] $times
     */
    public static function median(array $times): float
    {
        sort($times);

        return round($times[intdiv(count($times), 2)], 3);
    }
}
