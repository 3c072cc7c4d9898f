<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Entity;

use Byte8\SageAccounting\Model\Records\RecordActions;
use Magento\Framework\App\RequestInterface;
use Magento\Framework\Exception\LocalizedException;
use Magento\Sales\Model\ResourceModel\Order\Creditmemo\CollectionFactory as CreditmemoCollectionFactory;
use Magento\Sales\Model\ResourceModel\Order\Invoice\CollectionFactory as InvoiceCollectionFactory;
use Magento\Ui\Component\MassAction\Filter;

/**
 * The records that a request is about: those that a form lists, or the selection in a grid of invoices or credit memos.
 */
class SelectedRecords
{
    public function __construct(
        private readonly Filter $filter,
        private readonly InvoiceCollectionFactory $invoices,
        private readonly CreditmemoCollectionFactory $creditmemos
    ) {
    }

    /**
     * @return array<string, int[]> ids by kind
     * @throws LocalizedException when nothing or too much is selected
     */
    public function of(RequestInterface $request): array
    {
        $listed = $request->getParam('records');
        $ids = is_array($listed)
            ? array_map(static fn (mixed $list): array => array_map('intval', (array) $list), $listed)
            : $this->inGrid((string) $request->getParam('type'));
        $number = array_sum(array_map('count', $ids));
        if ($number === 0) {
            throw new LocalizedException(__('Nothing is selected.'));
        }
        if ($number > RecordActions::MOST) {
            throw new LocalizedException(__(
                'Select at most %1 records at a time. For more, use the commands "byte8:sage:…:sync".',
                RecordActions::MOST
            ));
        }

        return $ids;
    }

    /**
     * @return array<string, int[]>
     * @throws LocalizedException
     */
    private function inGrid(string $type): array
    {
        $factory = match ($type) {
            'invoice' => $this->invoices,
            'creditmemo' => $this->creditmemos,
            default => throw new LocalizedException(__('Nothing is selected.')),
        };

        return [$type => array_map('intval', $this->filter->getCollection($factory->create())->getAllIds())];
    }
}
