<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

/**
 * Something was asked of an outbox row that its state does not allow; always our own mistake.
 */
class IllegalTransitionException extends \LogicException
{
    public function __construct(
        public readonly OutboxState $from,
        public readonly OutboxTransition $transition
    ) {
        parent::__construct(sprintf('An outbox row that is %s cannot %s.', $from->value, $transition->value));
    }
}
