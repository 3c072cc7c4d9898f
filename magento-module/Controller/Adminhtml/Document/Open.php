<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Document;

use Byte8\SageAccounting\ViewModel\RecordLinks;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpGetActionInterface;
use Magento\Framework\Controller\Result\Redirect;

/**
 * Leads to the admin page of a document: the relay's dashboard links here with its type and id.
 */
class Open extends Action implements HttpGetActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::view';

    /**
     * The relay's dashboard knows no secret key of Magento's. The page changes nothing, and the page it leads to
     * checks its own permissions.
     *
     * @var string[]
     */
    protected $_publicActions = ['open']; // phpcs:ignore PSR2.Classes.PropertyDeclaration.Underscore

    public function __construct(Context $context, private readonly RecordLinks $links)
    {
        parent::__construct($context);
    }

    public function execute(): Redirect
    {
        $type = (string) $this->getRequest()->getParam('entity_type');
        $redirect = $this->resultRedirectFactory->create();
        if (!$this->links->has($type)) {
            $this->messageManager->addErrorMessage((string) __('There is no admin page for this kind of document.'));

            return $redirect->setPath('byte8_sage/overview/index');
        }

        return $redirect->setUrl($this->links->to($type, (int) $this->getRequest()->getParam('entity_id')));
    }
}
