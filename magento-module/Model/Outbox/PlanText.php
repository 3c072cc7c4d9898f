<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Outbox;

/**
 * Cuts the plan out of a decision document without reading it, so that its bytes stay the core's own.
 *
 * Decoding and encoding again would be simpler and is deliberately not done: the digest is over these bytes.
 */
class PlanText
{
    private const BEGIN = '{"decision":"post","plan":';

    /** What follows the plan in a decision; the plan itself has neither key at its top level. */
    private const END = ',"fired":[';

    /**
     * @param string $decisionJson decision document of the outcome post, keys in the order of the contract
     */
    public static function ofDecision(string $decisionJson): string
    {
        $end = strrpos($decisionJson, self::END);
        if (!str_starts_with($decisionJson, self::BEGIN) || $end === false) {
            throw new \UnexpectedValueException('The decision document does not have the form of a post.');
        }

        return substr($decisionJson, strlen(self::BEGIN), $end - strlen(self::BEGIN));
    }
}
