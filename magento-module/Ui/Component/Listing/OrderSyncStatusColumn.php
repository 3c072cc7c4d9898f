<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Ui\Component\Listing;

use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;
use Byte8\SageAccounting\ViewModel\StatusChip;
use Magento\Framework\View\Element\UiComponent\ContextInterface;
use Magento\Framework\View\Element\UiComponentFactory;

/**
 * The status of orders. The grid has no such column where the merchant's settings do not ask for orders.
 */
class OrderSyncStatusColumn extends SyncStatusColumn
{
    /**
     * @param array<string, mixed> $components
     * @param array<string, mixed> $data
     */
    public function __construct(
        ContextInterface $context,
        UiComponentFactory $uiComponentFactory,
        SyncStateStoreInterface $syncState,
        StatusChip $chip,
        private readonly OrderSetting $setting,
        array $components = [],
        array $data = []
    ) {
        parent::__construct($context, $uiComponentFactory, $syncState, $chip, $components, $data);
    }

    /**
     * @inheritdoc
     */
    public function prepare()
    {
        parent::prepare();
        if (!$this->setting->isEnabled()) {
            $this->_data['config']['componentDisabled'] = true;
        }
    }
}
