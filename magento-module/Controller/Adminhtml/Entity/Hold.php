<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Entity;

use Byte8\SageAccounting\Model\Records\RecordActions;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
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

    public function __construct(Context $context, private readonly RecordActions $actions)
    {
        parent::__construct($context);
    }

    public function execute(): Redirect
    {
        $type = (string) $this->getRequest()->getParam('type');
        $ids = [(int) $this->getRequest()->getParam('entity')];
        $requested = (string) $this->getRequest()->getParam('mode');
        $mode = HoldMode::tryFrom($requested);
        $person = (string) $this->_auth->getUser()?->getUserName();
        $isKnown = $mode !== null || $requested === self::RELEASE;
        if (!$isKnown || $this->actions->hold($type, $ids, $mode, $person) === 0) {
            $this->messageManager->addErrorMessage(__('This record cannot be put on hold.'));
        } elseif ($mode === null) {
            $this->messageManager->addSuccessMessage(__('Released. It is sent with the next run.'));
        } else {
            $this->messageManager->addSuccessMessage(
                __('From now on this record is not sent. What the relay already has is not recalled.')
            );
        }

        return $this->resultRedirectFactory->create()->setRefererUrl();
    }
}
