<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\DryRun;

use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Backend\Model\View\Result\Page;
use Magento\Framework\App\Action\HttpGetActionInterface;
use Magento\Framework\View\Result\PageFactory;

/**
 * The dry run page: what the ledger would get.
 */
class Index extends Action implements HttpGetActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::dry_run';

    public function __construct(Context $context, private readonly PageFactory $pageFactory)
    {
        parent::__construct($context);
    }

    public function execute(): Page
    {
        $page = $this->pageFactory->create();
        $page->setActiveMenu('Byte8_SageAccounting::dry_run');
        $page->getConfig()->getTitle()->prepend(__('Sage: Dry run'));

        return $page;
    }
}
