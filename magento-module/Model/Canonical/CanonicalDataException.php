<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Canonical;

/**
 * A row cannot become a canonical event; names the field and the problem.
 *
 * Only for damaged structure: the core rejects well-formed values that make no sense.
 */
class CanonicalDataException extends \RuntimeException
{
    /**
     * @param string $field path of the field, such as `events[3].invoice.grand_total`; '' for the whole input
     * @param string $problem what is wrong, such as `missing`
     */
    public function __construct(
        public readonly string $field,
        public readonly string $problem,
        ?\Throwable $previous = null
    ) {
        parent::__construct($field === '' ? $problem : $field . ': ' . $problem, 0, $previous);
    }
}
