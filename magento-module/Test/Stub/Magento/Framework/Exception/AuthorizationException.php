<?php

declare(strict_types=1);

namespace Magento\Framework\Exception;

/**
 * Stands in for Magento's refusal of a request.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
class AuthorizationException extends \RuntimeException
{
}
