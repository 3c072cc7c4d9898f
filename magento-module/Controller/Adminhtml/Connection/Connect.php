<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Connection;

use Byte8\SageAccounting\Model\Connection\KeyConnection;
use Byte8\SageAccounting\ViewModel\RelayKeyField;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Json;
use Magento\Framework\Controller\Result\JsonFactory;

/**
 * Connects the shop with the key that a person pasted.
 */
class Connect extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::connection';

    public function __construct(
        Context $context,
        private readonly JsonFactory $jsonFactory,
        private readonly KeyConnection $keyConnection
    ) {
        parent::__construct($context);
    }

    public function execute(): Json
    {
        $text = $this->getRequest()->getParam(RelayKeyField::PARAMETER);
        $result = $this->keyConnection->withText(is_string($text) ? $text : '');

        return $this->jsonFactory->create()->setData([
            'accepted' => $result->isConnected,
            'lines' => $result->lines,
        ]);
    }
}
