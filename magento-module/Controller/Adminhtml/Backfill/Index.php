<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Backfill;

use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Backend\Model\View\Result\Page;
use Magento\Framework\App\Action\HttpGetActionInterface;
use Magento\Framework\View\Result\PageFactory;

/**
 * The backfill page: sends records that existed before.
 */
class Index extends Action implements HttpGetActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::backfill';

    /**
     * The relay's dashboard links here, and knows no secret key of Magento's. The page only shows.
     *
     * @var string[]
     */
    protected $_publicActions = ['index']; // phpcs:ignore PSR2.Classes.PropertyDeclaration.Underscore

    public function __construct(Context $context, private readonly PageFactory $pageFactory)
    {
        parent::__construct($context);
    }

    public function execute(): Page
    {
        $page = $this->pageFactory->create();
        $page->setActiveMenu('Byte8_SageAccounting::backfill');
        $page->getConfig()->getTitle()->prepend(__('Sage: Backfill'));

        return $page;
    }
}
