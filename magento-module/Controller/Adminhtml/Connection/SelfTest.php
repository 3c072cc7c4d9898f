<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Connection;

use Byte8\SageAccounting\Model\Status\SelfTest as SelfTestService;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Json;
use Magento\Framework\Controller\Result\JsonFactory;

/**
 * Tests every part once and shows what fails.
 */
class SelfTest extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::config';

    private const MARKS = ['good' => '✓', 'note' => 'i', 'bad' => '!'];

    public function __construct(
        Context $context,
        private readonly JsonFactory $jsonFactory,
        private readonly SelfTestService $selfTest
    ) {
        parent::__construct($context);
    }

    public function execute(): Json
    {
        $lines = [];
        foreach ($this->selfTest->run() as $result) {
            $lines[] = trim(implode(' ', [
                self::MARKS[$result->grade],
                $result->part . ':',
                $result->message,
                $result->suggestion === '' ? '' : '(' . $result->suggestion . ')',
            ]));
        }

        return $this->jsonFactory->create()->setData(['lines' => $lines]);
    }
}
