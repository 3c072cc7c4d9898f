<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Observer;

use Byte8\SageAccounting\Model\AfterResponse;
use Byte8\SageAccounting\Model\Delivery\DeliveryAfterSave;
use Byte8\SageAccounting\Model\ModuleConfig;
use Byte8\SageAccounting\Model\Outbox\TranslationRun;
use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Magento\Framework\Model\AbstractModel;
use Psr\Log\LoggerInterface;

/**
 * Translates an order right after its transaction, where the merchant's settings ask for orders.
 */
class TranslateOrderAfterCommit extends TranslateAfterCommit
{
    public function __construct(
        TranslationRun $translation,
        DeliveryAfterSave $delivery,
        AfterResponse $afterResponse,
        ModuleConfig $config,
        LoggerInterface $logger,
        private readonly OrderSetting $setting
    ) {
        parent::__construct($translation, $delivery, $afterResponse, $config, $logger);
    }

    protected function entityType(): string
    {
        return 'order';
    }

    protected function orderOf(AbstractModel $document): mixed
    {
        return $document;
    }

    protected function isWanted(): bool
    {
        return $this->setting->isEnabled();
    }
}
