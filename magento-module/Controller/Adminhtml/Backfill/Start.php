<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Backfill;

use Byte8\SageAccounting\Model\Backfill\BackfillJob;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Redirect;

/**
 * Starts a backfill; cron works on it.
 */
class Start extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::backfill';

    public function __construct(Context $context, private readonly BackfillJob $job)
    {
        parent::__construct($context);
    }

    public function execute(): Redirect
    {
        $types = $this->getRequest()->getParam('types');
        try {
            $this->job->start(
                (string) $this->getRequest()->getParam('from'),
                (string) $this->getRequest()->getParam('to'),
                is_array($types) ? array_map('strval', $types) : [],
                (string) $this->_auth->getUser()?->getUserName()
            );
            $this->messageManager->addSuccessMessage(__('The backfill begins within a minute.'));
        } catch (\InvalidArgumentException $exception) {
            $this->messageManager->addErrorMessage($exception->getMessage());
        }

        return $this->resultRedirectFactory->create()->setPath('*/*/index');
    }
}
