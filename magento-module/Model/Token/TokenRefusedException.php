<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Token;

/**
 * A token of the relay is not accepted; the code is for our own log, the outside learns nothing.
 */
class TokenRefusedException extends \RuntimeException
{
    public function __construct(public readonly string $refusal)
    {
        parent::__construct('The token is not accepted: ' . $refusal);
    }
}
