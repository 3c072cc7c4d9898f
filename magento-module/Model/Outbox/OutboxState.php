<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

/**
 * The state of an event in the outbox. The values are stored and never change.
 */
enum OutboxState: string
{
    /** Captured inside the merchant's transaction; its content has not been read yet. */
    case Captured = 'captured';
    /** The core decided that nothing has to be posted. */
    case Skipped = 'skipped';
    /** The core or the builder found something that a person must correct. */
    case Rejected = 'rejected';
    /** The plan is frozen and waits for delivery. */
    case Ready = 'ready';
    /** A delivery has started; its result is not known yet. */
    case Delivering = 'delivering';
    /** The relay has stored it. */
    case Delivered = 'delivered';
    /** A delivery failed and will be retried. */
    case Failed = 'failed';
    /** Dead-lettered: only a person can requeue it. */
    case Dead = 'dead';

    /**
     * Whether this shop still has work to do for the row, so that later events of the entity must wait.
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
