<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\SyncState;

/**
 * The status of an entity as the admin shows it. The values are stored and never change.
 */
enum SyncStatus: string
{
    case Pending = 'pending';
    case Synced = 'synced';
    /** In the ledger, but with another total than Magento's. */
    case Mismatch = 'mismatch';
    case Skipped = 'skipped';
    case Failed = 'failed';
    /** The relay cannot tell whether it arrived; a person has to check in the ledger. */
    case Review = 'review';

    /** What needs a person first; what was left out last. */
    public const BY_IMPORTANCE = [
        self::Failed, self::Review, self::Mismatch, self::Pending, self::Synced, self::Skipped,
    ];

    /**
     * The status for a run state of the relay and the code of its reason; unknown states count as pending.
     */
    public static function ofRunState(string $state, string $code): self
    {
        return match ($state) {
            'succeeded' => $code === 'total_differs' ? self::Mismatch : self::Synced,
            'rejected' => self::Failed,
            'ambiguous' => self::Review,
            // A newer state of the same document follows, unless a reason says why it is not needed any more.
            'superseded' => $code === '' ? self::Pending : self::Skipped,
            default => self::Pending,
        };
    }

    /**
     * Whether a person has to do something.
     */
    public function needsAttention(): bool
    {
        return in_array($this, [self::Failed, self::Review, self::Mismatch], true);
    }

    /**
     * The status on screens, to be translated.
     */
    public function label(): string
    {
        return match ($this) {
            self::Pending => 'Queued',
            self::Synced => 'In Sage',
            self::Mismatch => 'Total differs',
            self::Skipped => 'Skipped',
            self::Failed => 'Needs attention',
            self::Review => 'Check in Sage',
        };
    }
}
