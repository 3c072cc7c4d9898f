<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Model;

/**
 * Does work once the answer has left, where PHP can part with it: in PHP-FPM and LiteSpeed. Elsewhere at once.
 *
 * Only for work that may as well never happen: a worker that is ended meanwhile takes it along.
 */
class AfterResponse
{
    /** Functions that send the answer and let the script go on; one of them exists where the web server has such. */
    private const FINISH_FUNCTIONS = ['fastcgi_finish_request', 'litespeed_finish_request'];

    /**
     * @param \Closure(): void $work must not throw: after the answer nobody catches
     */
    public function perform(\Closure $work): void
    {
        $part = array_values(array_filter(self::FINISH_FUNCTIONS, 'function_exists'))[0] ?? null;
        if ($part === null) {
            $work();

            return;
        }
        register_shutdown_function(static function () use ($part, $work): void {
            // Registered once more to come last: what others do at the end of a request may write to the answer.
            register_shutdown_function(static function () use ($part, $work): void {
                $part();
                $work();
            });
        });
    }
}
