<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model\Connection;

/**
 * A text is not the key of a relay. The message says what is wrong, without the text.
 */
class InvalidRelayKeyException extends \InvalidArgumentException
{
}
