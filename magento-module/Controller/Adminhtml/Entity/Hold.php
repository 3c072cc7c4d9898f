<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Entity;

use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncStateStoreInterface;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Redirect;

/**
 * Puts a record on hold, excludes it for good, or releases it.
 */
class Hold extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::hold';

    private const RELEASE = 'release';

    public function __construct(Context $context, private readonly SyncStateStoreInterface $syncState)
    {
        parent::__construct($context);
    }

    public function execute(): Redirect
    {
        $type = (string) $this->getRequest()->getParam('type');
        $entityId = (int) $this->getRequest()->getParam('entity');
        $requested = (string) $this->getRequest()->getParam('mode');
        $mode = HoldMode::tryFrom($requested);
        if (!EntityType::isKnown($type) || $entityId < 1 || ($mode === null && $requested !== self::RELEASE)) {
            $this->messageManager->addErrorMessage(__('This record cannot be put on hold.'));
        } elseif ($mode === null) {
            $this->syncState->release($type, $entityId);
            $this->messageManager->addSuccessMessage(__('Released. It is sent with the next run.'));
        } else {
            $person = (string) $this->_auth->getUser()?->getUserName();
            $this->syncState->hold($type, $entityId, $mode, $person);
            $this->messageManager->addSuccessMessage(
                __('From now on this record is not sent. What the relay already has is not recalled.')
            );
        }

        return $this->resultRedirectFactory->create()->setRefererUrl();
    }
}
