<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

/**
 * Every transition of an outbox row: from which states it may start, and to which it leads.
 *
 * A pure table without clock and storage. After a crash between two transitions the earlier state remains.
 */
enum OutboxTransition: string
{
    case Skip = 'skip';
    case Reject = 'reject';
    case Freeze = 'freeze';
    case StartDelivery = 'start_delivery';
    case ConfirmDelivery = 'confirm_delivery';
    case FailDelivery = 'fail_delivery';
    case Postpone = 'postpone';
    case DeadLetter = 'give_up';
    case Retranslate = 'translate_again';
    case Redeliver = 'deliver_again';

    /**
     * @throws IllegalTransitionException when the row is not in a state this may start from
     */
    public function apply(OutboxState $from): OutboxState
    {
        if (!$this->isAllowedFrom($from)) {
            throw new IllegalTransitionException($from, $this);
        }

        return $this->target();
    }

    public function isAllowedFrom(OutboxState $from): bool
    {
        return in_array($from, $this->allowedFrom(), true);
    }

    /**
     * @return OutboxState[]
     */
    private function allowedFrom(): array
    {
        return match ($this) {
            self::Skip, self::Reject, self::Freeze => [OutboxState::Captured],
            // An interrupted delivery is started again: the relay recognises key and digest.
            self::StartDelivery => OutboxState::deliverable(),
            // The relay refused the shop, not the row: the row is as ready as before.
            self::ConfirmDelivery, self::FailDelivery, self::Postpone => [OutboxState::Delivering],
            self::DeadLetter => [OutboxState::Delivering, OutboxState::Failed],
            // Only a person starts these. The relay refuses different bytes under a key that it has posted (conflict),
            // so neither can create a second document.
            self::Retranslate => [
                OutboxState::Skipped,
                OutboxState::Rejected,
                OutboxState::Delivered,
                OutboxState::Dead,
            ],
            self::Redeliver => [OutboxState::Dead, OutboxState::Delivered],
        };
    }

    private function target(): OutboxState
    {
        return match ($this) {
            self::Skip => OutboxState::Skipped,
            self::Reject => OutboxState::Rejected,
            self::Freeze, self::Postpone, self::Redeliver => OutboxState::Ready,
            self::StartDelivery => OutboxState::Delivering,
            self::ConfirmDelivery => OutboxState::Delivered,
            self::FailDelivery => OutboxState::Failed,
            self::DeadLetter => OutboxState::Dead,
            self::Retranslate => OutboxState::Captured,
        };
    }
}
