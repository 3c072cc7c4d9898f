<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools;

/**
 * The command line cannot be understood; the message says which word.
 */
class UsageException extends \InvalidArgumentException
{
}
