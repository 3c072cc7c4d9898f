<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Entity;

use Magento\Framework\Phrase;

/**
 * Sends several records again, whatever their states are.
 */
class MassResync extends MassAction
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::resync';

    protected function apply(string $type, array $ids): int
    {
        return $this->actions->resync($type, $ids);
    }

    protected function done(int $number): Phrase
    {
        return __('%1 events are queued again.', $number);
    }
}
