<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Rest;

use Byte8\SageAccounting\Api\Data\PingInterface;
use Byte8\SageAccounting\Api\Data\RecordedInterface;
use Byte8\SageAccounting\Api\RelaySupportInterface;
use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\TranslatorFactory;
use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Model\Canonical\CapturedEvent;
use Byte8\SageAccounting\Model\Canonical\EventBuilder;
use Byte8\SageAccounting\Model\Canonical\EventName;
use Byte8\SageAccounting\Model\Canonical\Source\EventSourceInterface;
use Byte8\SageAccounting\Model\ModuleVersion;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Model\ShopReport\PaymentMethods;
use Byte8\SageAccounting\Model\ShopTotals\ShopTotals;
use Byte8\SageAccounting\Model\ShopTotals\TotalsRange;
use Byte8\SageAccounting\Model\SyncState\FeedPull;
use Magento\Framework\App\ProductMetadataInterface;
use Magento\Framework\Exception\InputException;
use Magento\Framework\Exception\NoSuchEntityException;
use Magento\Framework\Webapi\Rest\Request;

/**
 * The REST API for the relay.
 */
class RelaySupport implements RelaySupportInterface
{
    private const READY = 'ready';

    /** An event that is only read gets no sequence. */
    private const NO_SEQUENCE = 0;

    public function __construct(
        private readonly TranslatorFactory $translators,
        private readonly SettingsRepository $settings,
        private readonly EventBuilder $builder,
        private readonly EventSourceInterface $source,
        private readonly FeedPull $feed,
        private readonly PaymentMethods $paymentMethods,
        private readonly ShopTotals $shopTotals,
        private readonly ProductMetadataInterface $productMetadata,
        private readonly ModuleVersion $version,
        private readonly Request $request
    ) {
    }

    public function ping(): PingInterface
    {
        $core = [];
        $translator = self::READY;
        try {
            $core = $this->translators->create()->describe();
        } catch (BridgeException $exception) {
            $translator = $exception->errorCode;
        }

        return new Ping(
            $this->version->get(),
            $this->productMetadata->getEdition() . ' ' . $this->productMetadata->getVersion(),
            PHP_VERSION,
            $translator,
            $core['core_version'] ?? '',
            $core['rule_table_hash'] ?? '',
            $this->settings->digest()
        );
    }

    public function paymentMethods(): array
    {
        return array_map(
            static fn (array $method): PaymentMethod => new PaymentMethod(
                $method['code'],
                $method['title'],
                $method['is_active']
            ),
            array_values($this->paymentMethods->listed())
        );
    }

    public function invoice(int $id): string
    {
        return $this->event(EventName::InvoiceCreated, $id);
    }

    public function payment(int $id): string
    {
        return $this->event(EventName::InvoicePaid, $id);
    }

    public function creditMemo(int $id): string
    {
        return $this->event(EventName::CreditMemoCreated, $id);
    }

    public function order(int $id): string
    {
        return $this->event(EventName::OrderPlaced, $id);
    }

    public function customer(int $id): string
    {
        return $this->event(EventName::CustomerUpserted, $id);
    }

    public function product(int $id): string
    {
        return $this->event(EventName::ProductUpserted, $id);
    }

    public function syncState(): RecordedInterface
    {
        $items = json_decode((string) $this->request->getContent(), true)['items'] ?? null;
        if (!is_array($items)) {
            throw new InputException(__('The body has no items.'));
        }

        return new Recorded($this->feed->record(array_values(array_filter($items, 'is_array'))));
    }

    public function shopTotals(string $from, string $to): string
    {
        try {
            $range = $this->shopTotals->range($from, $to);
        } catch (\InvalidArgumentException $exception) {
            throw new InputException(__('These days cannot be used: %1', $exception->getMessage()), $exception);
        }
        if (!$range->fitsInOneReport()) {
            throw new InputException(__('At most %1 days.', TotalsRange::MOST_DAYS));
        }

        return $this->shopTotals->json($range);
    }

    /**
     * @throws NoSuchEntityException
     */
    private function event(EventName $name, int $entityId): string
    {
        try {
            return $this->builder->build(new CapturedEvent($name, $entityId, self::NO_SEQUENCE), $this->source);
        } catch (CanonicalDataException $exception) {
            throw new NoSuchEntityException(__('This record cannot be read: %1', $exception->getMessage()), $exception);
        }
    }
}
