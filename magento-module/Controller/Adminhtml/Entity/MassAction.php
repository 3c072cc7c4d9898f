<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Entity;

use Byte8\SageAccounting\Model\Records\RecordActions;
use Magento\Backend\App\Action;
use Magento\Backend\App\Action\Context;
use Magento\Framework\App\Action\HttpPostActionInterface;
use Magento\Framework\Controller\Result\Redirect;
use Magento\Framework\Exception\LocalizedException;
use Magento\Framework\Phrase;

/**
 * An action on the records that are selected in a grid.
 */
abstract class MassAction extends Action implements HttpPostActionInterface
{
    public function __construct(
        Context $context,
        private readonly SelectedRecords $selected,
        protected readonly RecordActions $actions
    ) {
        parent::__construct($context);
    }

    public function execute(): Redirect
    {
        try {
            $number = 0;
            foreach ($this->selected->of($this->getRequest()) as $type => $ids) {
                $number += $this->apply($type, $ids);
            }
            $this->messageManager->addSuccessMessage($this->done($number));
        } catch (LocalizedException $exception) {
            $this->messageManager->addErrorMessage($exception->getMessage());
        }

        return $this->resultRedirectFactory->create()->setRefererUrl();
    }

    /**
     * @param int[] $ids
     * @return int how many it was done to
     * @throws LocalizedException
     */
    abstract protected function apply(string $type, array $ids): int;

    abstract protected function done(int $number): Phrase;
}
