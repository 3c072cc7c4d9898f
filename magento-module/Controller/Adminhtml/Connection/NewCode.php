<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Connection;

use Byte8\SageAccounting\Model\Connection\Pairing;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Json;
use Magento\Framework\Controller\Result\JsonFactory;

/**
 * Creates a pairing code, which is shown only once.
 */
class NewCode extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::connection';

    public function __construct(
        Context $context,
        private readonly JsonFactory $jsonFactory,
        private readonly Pairing $pairing
    ) {
        parent::__construct($context);
    }

    public function execute(): Json
    {
        return $this->jsonFactory->create()->setData(['lines' => [
            (string) __('Pairing code: %1', $this->pairing->newCode()),
            (string) __('Enter this code at your relay within 30 minutes. It works once and is not shown again.'),
        ]]);
    }
}
