<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

/**
 * Where a captured event stands on its way; the values are stored and never change.
 */
enum OutboxState: string
{
    /** Noted inside the merchant's transaction; nothing is known of its content yet. */
    case Captured = 'captured';
    /** The core decided that the ledger needs nothing. */
    case Skipped = 'skipped';
    /** The core, or the builder, found something a human must put right. */
    case Rejected = 'rejected';
    /** The plan is frozen and waits for delivery. */
    case Ready = 'ready';
    /** A delivery has begun; whether it arrived is not known yet. */
    case Delivering = 'delivering';
    /** The relay has it durably. */
    case Delivered = 'delivered';
    /** A delivery did not succeed and will be tried again. */
    case Failed = 'failed';
    /** Given up; only a human brings it back. */
    case Dead = 'dead';

    /**
     * Whether something of our own will still happen to the row, so that later events of the entity must wait.
     */
    public function isUnfinished(): bool
    {
        return match ($this) {
            self::Captured, self::Ready, self::Delivering, self::Failed => true,
            self::Skipped, self::Rejected, self::Delivered, self::Dead => false,
        };
    }

    /**
     * The state on screens, to be translated.
     */
    public function label(): string
    {
        return match ($this) {
            self::Captured => 'Queued',
            self::Skipped => 'Skipped',
            self::Ready => 'Ready to send',
            self::Delivering => 'Sending',
            self::Delivered => 'Sent',
            self::Failed => 'Will be retried',
            self::Rejected, self::Dead => 'Needs attention',
        };
    }

    public function isDead(): bool
    {
        return $this === self::Dead;
    }

    /**
     * The states in which a row may be taken for delivery.
     *
     * @return self[]
     */
    public static function deliverable(): array
    {
        return [self::Ready, self::Failed, self::Delivering];
    }

    /**
     * @return self[]
     */
    public static function unfinished(): array
    {
        return array_values(array_filter(self::cases(), static fn (self $state): bool => $state->isUnfinished()));
    }
}
