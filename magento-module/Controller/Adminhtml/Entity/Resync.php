<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Entity;

use Byte8\SageAccounting\Model\Records\RecordActions;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Redirect;

/**
 * Sends one record again, whatever its state is.
 */
class Resync extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::resync';

    public function __construct(Context $context, private readonly RecordActions $actions)
    {
        parent::__construct($context);
    }

    public function execute(): Redirect
    {
        $started = $this->actions->resync(
            (string) $this->getRequest()->getParam('type'),
            [(int) $this->getRequest()->getParam('entity')]
        );
        if ($started > 0) {
            $this->messageManager->addSuccessMessage(
                $started === 1 ? __('One event is queued again.') : __('%1 events are queued again.', $started)
            );
        } else {
            $this->messageManager->addErrorMessage(__('There is nothing to send for this record.'));
        }

        return $this->resultRedirectFactory->create()->setRefererUrl();
    }
}
