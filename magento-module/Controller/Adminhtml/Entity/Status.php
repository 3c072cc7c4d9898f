<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Entity;

use Byte8\SageAccounting\Model\SyncState\EntitySyncState;
use Byte8\SageAccounting\Model\SyncState\FeedOnDemand;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpGetActionInterface;
use Magento\Framework\Controller\Result\Json;
use Magento\Framework\Controller\Result\JsonFactory;

/**
 * Tells an open page whether the status of its record has changed. The page asks only while a result is to come.
 */
class Status extends Action implements HttpGetActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::view';

    public function __construct(
        Context $context,
        private readonly SyncStateStoreInterface $syncState,
        private readonly FeedOnDemand $feed,
        private readonly JsonFactory $results
    ) {
        parent::__construct($context);
    }

    public function execute(): Json
    {
        $state = $this->state();
        if ($state->isPending()) {
            $this->feed->pull();
            $state = $this->state();
        }

        return $this->results->create()->setData(['digest' => $state->digest(), 'isPending' => $state->isPending()]);
    }

    private function state(): EntitySyncState
    {
        $type = (string) $this->getRequest()->getParam('type');
        $entityId = (int) $this->getRequest()->getParam('entity');

        return $this->syncState->find($type, [$entityId])[$entityId] ?? new EntitySyncState($type, $entityId);
    }
}
