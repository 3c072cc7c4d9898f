<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Entity;

use Byte8\SageAccounting\Model\Backfill\BackfillFilter;
use Byte8\SageAccounting\Model\Backfill\BackfillRows;
use Byte8\SageAccounting\Model\Backfill\EntityEvents;
use Byte8\SageAccounting\Model\Outbox\Resync as ResyncService;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Redirect;

/**
 * Sends one record again, whatever its state is.
 */
class Resync extends Action implements HttpPostActionInterface
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::resync';

    public function __construct(
        Context $context,
        private readonly BackfillRows $rows,
        private readonly EntityEvents $events,
        private readonly ResyncService $resync
    ) {
        parent::__construct($context);
    }

    public function execute(): Redirect
    {
        $type = (string) $this->getRequest()->getParam('type');
        $started = 0;
        if (EntityType::isKnown($type)) {
            $filter = new BackfillFilter([(int) $this->getRequest()->getParam('entity')]);
            foreach ($this->rows->next($type, $filter, 0, 1) as $row) {
                $names = $this->events->of($type, $row);
                $started += $this->resync->again($names, $row['entity_id'], $row['store_id']);
            }
        }
        if ($started > 0) {
            $this->messageManager->addSuccessMessage(__('%1 events are queued again.', $started));
        } else {
            $this->messageManager->addErrorMessage(__('There is nothing to send for this record.'));
        }

        return $this->resultRedirectFactory->create()->setRefererUrl();
    }
}
