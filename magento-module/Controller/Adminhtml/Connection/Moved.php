<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Connection;

use Byte8\SageAccounting\Model\Installation\InstallationMove;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Json;
use Magento\Framework\Controller\Result\JsonFactory;

/**
 * Confirms that this is the shop itself after a move, not a copy.
 */
class Moved extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::connection';

    public function __construct(
        Context $context,
        private readonly JsonFactory $jsonFactory,
        private readonly InstallationMove $move
    ) {
        parent::__construct($context);
    }

    public function execute(): Json
    {
        try {
            $this->move->confirm();
            $lines = [(string) __('This shop now sends to Sage. Documents are sent with the next run.')];
        } catch (RelayException $failure) {
            $lines = [$failure->getMessage(), $failure->suggestion()];
        }

        return $this->jsonFactory->create()->setData(['lines' => $lines]);
    }
}
