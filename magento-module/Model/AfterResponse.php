<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model;

/**
 * Runs work after the response has been sent, where PHP can do that: in PHP-FPM and LiteSpeed. Elsewhere immediately.
 *
 * Only for work that may be lost, because the worker can be ended before it.
 */
class AfterResponse
{
    /** Functions that send the response and let the script continue; at most one of them exists. */
    private const FINISH_FUNCTIONS = ['fastcgi_finish_request', 'litespeed_finish_request'];

    /**
     * Whether PHP can do that here.
     */
    public function isPossible(): bool
    {
        return $this->finishFunction() !== null;
    }

    /**
     * @param \Closure(): void $work must not throw: after the response nothing catches it
     */
    public function perform(\Closure $work): void
    {
        $part = $this->finishFunction();
        if ($part === null) {
            $work();

            return;
        }
        register_shutdown_function(static function () use ($part, $work): void {
            // Registered a second time to run last, because other shutdown functions may still write to the response.
            register_shutdown_function(static function () use ($part, $work): void {
                $part();
                $work();
            });
        });
    }

    private function finishFunction(): ?string
    {
        return array_values(array_filter(self::FINISH_FUNCTIONS, 'function_exists'))[0] ?? null;
    }
}
