<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Fake;

use Psr\Log\LoggerInterface;

/**
 * Collects messages, so that a test can check that no error was lost.
 */
class CollectingLogger implements LoggerInterface
{
    /** @var string[] */
    public array $messages = [];

    public function critical(string|\Stringable $message, array $context = []): void
    {
        $this->messages[] = (string) $message;
    }

    public function notice(string|\Stringable $message, array $context = []): void
    {
        $this->messages[] = (string) $message;
    }

    public function info(string|\Stringable $message, array $context = []): void
    {
        $this->messages[] = (string) $message;
    }

    public function error(string|\Stringable $message, array $context = []): void
    {
        $this->messages[] = (string) $message;
    }
}
