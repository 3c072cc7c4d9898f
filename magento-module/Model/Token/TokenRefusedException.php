<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Token;

/**
 * A token of the relay was not accepted. The code is for the log only; the caller does not learn it.
 */
class TokenRefusedException extends \RuntimeException
{
    public function __construct(public readonly string $refusal)
    {
        parent::__construct('The token is not accepted: ' . $refusal);
    }
}
