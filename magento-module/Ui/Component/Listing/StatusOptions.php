<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Ui\Component\Listing;

use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Magento\Framework\Data\OptionSourceInterface;

/**
 * The statuses a grid can be filtered by.
 */
class StatusOptions implements OptionSourceInterface
{
    /** There is no status for the record. */
    public const NONE = 'none';

    /**
     * @return array<int, array{value: string, label: string}>
     */
    public function toOptionArray(): array
    {
        $options = [];
        foreach ([...SyncStatus::cases(), ...HoldMode::cases()] as $case) {
            $options[] = ['value' => $case->value, 'label' => (string) __($case->label())];
        }
        $options[] = ['value' => self::NONE, 'label' => (string) __('Not sent')];

        return $options;
    }
}
