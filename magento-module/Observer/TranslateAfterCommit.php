<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Observer;

use Byte8\SageAccounting\Model\AfterResponse;
use Byte8\SageAccounting\Model\Delivery\DeliveryAfterSave;
use Byte8\SageAccounting\Model\ModuleConfig;
use Byte8\SageAccounting\Model\Outbox\TranslationRun;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\Framework\Model\AbstractModel;
use Psr\Log\LoggerInterface;

/**
 * Translates a document after its transaction, so that the page after the save shows the result.
 *
 * Where PHP can do that, it runs after the response has been sent, so that nobody waits for it, and then hands the
 * document to the relay. Not for an order that was placed in the same request: up to 2.4.6 Magento writes its tax rows
 * even later. Cron translates and sends the rest.
 */
abstract class TranslateAfterCommit implements ObserverInterface
{
    public function __construct(
        private readonly TranslationRun $translation,
        private readonly DeliveryAfterSave $delivery,
        private readonly AfterResponse $afterResponse,
        private readonly ModuleConfig $config,
        private readonly LoggerInterface $logger
    ) {
    }

    public function execute(Observer $observer): void
    {
        $this->guarded(function () use ($observer): void {
            $document = $observer->getData($this->entityType());
            if ($this->config->translatesAfterCommit() && $this->isOfEarlierOrder($document) && $this->isWanted()) {
                $entityId = (int) $document->getData('entity_id');
                $this->afterResponse->perform(fn () => $this->guarded(fn () => $this->process($entityId)));
            }
        });
    }

    /**
     * The type of document, also its key in Magento's event.
     */
    abstract protected function entityType(): string;

    /**
     * The order of the document.
     */
    protected function orderOf(AbstractModel $document): mixed
    {
        return $document->getOrder();
    }

    /**
     * Whether documents of this type are captured at all.
     */
    protected function isWanted(): bool
    {
        return true;
    }

    private function process(int $entityId): void
    {
        $this->translation->runFor($this->entityType(), $entityId);
        if ($this->afterResponse->isPossible()) {
            $this->delivery->run($this->entityType(), $entityId);
        }
    }

    private function isOfEarlierOrder(mixed $document): bool
    {
        $order = $document instanceof AbstractModel ? $this->orderOf($document) : null;

        return $order instanceof AbstractModel && $order->getOrigData('entity_id') !== null;
    }

    private function guarded(\Closure $work): void
    {
        try {
            $work();
        } catch (\Throwable $exception) {
            $this->logger->error(
                'Byte8_SageAccounting leaves a document to cron: ' . $exception->getMessage(),
                ['exception' => $exception]
            );
        }
    }
}
