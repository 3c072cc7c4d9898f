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
 * Removes the connection; events are still captured.
 */
class Disconnect extends Action implements HttpPostActionInterface
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
        $this->pairing->disconnect();

        return $this->jsonFactory->create()->setData(['accepted' => true, 'lines' => [
            (string) __('Disconnected. Documents stay in the queue until this shop is paired again.'),
        ]]);
    }
}
