<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

/**
 * A transition that the state of an outbox row does not allow; always a bug of this module.
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
