<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Connection;

use Byte8\SageAccounting\Model\Connection\MovedShop;
use Byte8\SageAccounting\Model\Relay\RelayException;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Json;
use Magento\Framework\Controller\Result\JsonFactory;

/**
 * Says that this installation is the shop itself, and not a copy of it.
 */
class Moved extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::connection';

    public function __construct(
        Context $context,
        private readonly JsonFactory $jsonFactory,
        private readonly MovedShop $movedShop
    ) {
        parent::__construct($context);
    }

    public function execute(): Json
    {
        try {
            $this->movedShop->declare();
            $line = (string) __('The relay serves this shop from now on. Documents go out with the next run of cron.');
        } catch (RelayException $exception) {
            $line = $exception->getMessage();
        }

        return $this->jsonFactory->create()->setData(['lines' => [$line]]);
    }
}
