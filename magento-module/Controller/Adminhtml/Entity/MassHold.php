<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Controller\Adminhtml\Entity;

use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Magento\Framework\Phrase;

/**
 * Puts several records on hold, or releases them.
 */
class MassHold extends MassAction
{
    public const ADMIN_RESOURCE = 'Byte8_SageAccounting::hold';

    protected function apply(string $type, array $ids): int
    {
        $person = (string) $this->_auth->getUser()?->getUserName();

        return $this->actions->hold($type, $ids, $this->isRelease() ? null : HoldMode::Hold, $person);
    }

    protected function done(int $number): Phrase
    {
        return match (true) {
            $this->isRelease() && $number === 1 => __('Released. It is sent with the next run.'),
            $this->isRelease() => __('%1 records are released. They are sent with the next run.', $number),
            $number === 1 => __('On hold. What the relay already has is not recalled.'),
            default => __('%1 records are on hold. What the relay already has is not recalled.', $number),
        };
    }

    private function isRelease(): bool
    {
        return $this->getRequest()->getParam('mode') === 'release';
    }
}
