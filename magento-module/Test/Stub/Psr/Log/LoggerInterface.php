<?php

declare(strict_types=1);

namespace Psr\Log;

/**
 * Stands in for the logger.
 *
 * The least of it that unit tests need; the real one wins wherever Magento is installed.
 */
interface LoggerInterface
{
    public function critical(string|\Stringable $message, array $context = []): void;

    public function notice(string|\Stringable $message, array $context = []): void;

    public function info(string|\Stringable $message, array $context = []): void;

    public function error(string|\Stringable $message, array $context = []): void;
}
