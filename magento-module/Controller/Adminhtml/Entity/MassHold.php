<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Entity;

use Byte8\SageAccounting\Model\Records\RecordActions;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Redirect;
use Magento\Framework\Exception\LocalizedException;

/**
 * Puts several records on hold, or releases them.
 */
class MassHold extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::hold';

    public function __construct(
        Context $context,
        private readonly SelectedRecords $selected,
        private readonly RecordActions $actions
    ) {
        parent::__construct($context);
    }

    public function execute(): Redirect
    {
        $isReleased = $this->getRequest()->getParam('mode') === 'release';
        $person = (string) $this->_auth->getUser()?->getUserName();
        try {
            $number = 0;
            foreach ($this->selected->of($this->getRequest()) as $type => $ids) {
                $number += $this->actions->hold($type, $ids, $isReleased ? null : HoldMode::Hold, $person);
            }
            $this->messageManager->addSuccessMessage($isReleased
                ? __('%1 records are released. They are sent with the next run.', $number)
                : __('%1 records are on hold. What the relay already has is not recalled.', $number));
        } catch (LocalizedException $exception) {
            $this->messageManager->addErrorMessage($exception->getMessage());
        }

        return $this->resultRedirectFactory->create()->setRefererUrl();
    }
}
