<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Backfill;

use Byte8\SageAccounting\Model\Backfill\BackfillJob;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Redirect;

/**
 * Stops the backfill, continues it, or takes a stopped or finished one off the page.
 */
class Change extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::backfill';

    public function __construct(Context $context, private readonly BackfillJob $job)
    {
        parent::__construct($context);
    }

    public function execute(): Redirect
    {
        match ((string) $this->getRequest()->getParam('to')) {
            'stop' => $this->job->stop(),
            'resume' => $this->job->resume(),
            'discard' => $this->job->discard(),
            default => $this->messageManager->addErrorMessage(__('Something went wrong.')),
        };

        return $this->resultRedirectFactory->create()->setPath('*/*/index');
    }
}
