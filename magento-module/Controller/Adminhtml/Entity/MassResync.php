<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Entity;

use Byte8\SageAccounting\Model\Records\RecordActions;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Redirect;
use Magento\Framework\Exception\LocalizedException;

/**
 * Sends several records again, whatever their states are.
 */
class MassResync extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::resync';

    public function __construct(
        Context $context,
        private readonly SelectedRecords $selected,
        private readonly RecordActions $actions
    ) {
        parent::__construct($context);
    }

    public function execute(): Redirect
    {
        try {
            $started = 0;
            foreach ($this->selected->of($this->getRequest()) as $type => $ids) {
                $started += $this->actions->resync($type, $ids);
            }
            $this->messageManager->addSuccessMessage(__('%1 events are queued again.', $started));
        } catch (LocalizedException $exception) {
            $this->messageManager->addErrorMessage($exception->getMessage());
        }

        return $this->resultRedirectFactory->create()->setRefererUrl();
    }
}
