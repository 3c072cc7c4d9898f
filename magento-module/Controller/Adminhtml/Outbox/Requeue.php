<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Outbox;

use Byte8\SageAccounting\Model\Outbox\OutboxEditorInterface;
use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\Resync;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Json;
use Magento\Framework\Controller\Result\JsonFactory;

/**
 * Queues all events again that were dead-lettered or rejected.
 */
class Requeue extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::resync';

    private const AT_ONCE = 1000;

    public function __construct(
        Context $context,
        private readonly JsonFactory $jsonFactory,
        private readonly OutboxEditorInterface $outbox,
        private readonly Resync $resync
    ) {
        parent::__construct($context);
    }

    public function execute(): Json
    {
        $ids = array_merge(
            $this->outbox->ids(OutboxState::Dead, self::AT_ONCE),
            $this->outbox->ids(OutboxState::Rejected, self::AT_ONCE)
        );

        return $this->jsonFactory->create()->setData(['lines' => [
            (string) __('%1 events are queued again.', $this->resync->requeue($ids)),
        ]]);
    }
}
