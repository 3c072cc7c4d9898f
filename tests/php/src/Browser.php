<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools;

/**
 * Chromium without a window: shows a page and says what became of it.
 */
class Browser
{
    private const SECONDS = 60;

    /**
     * The page's elements after its scripts have run, as HTML.
     */
    public static function elements(string $file): string
    {
        return self::run(['--dump-dom', 'file://' . $file]);
    }

    public static function picture(string $file, string $picture, int $width, int $height): void
    {
        self::run(['--screenshot=' . $picture, '--window-size=' . $width . ',' . $height, 'file://' . $file]);
        if (!is_file($picture)) {
            throw new \RuntimeException('Chromium made no picture of ' . $file);
        }
    }

    /**
     * @param string[] $arguments
     */
    private static function run(array $arguments): string
    {
        $profile = sys_get_temp_dir() . '/byte8-browser-' . bin2hex(random_bytes(4));
        $command = [
            'timeout', (string) self::SECONDS, 'chromium', '--headless', '--no-sandbox', '--disable-gpu',
            '--hide-scrollbars', '--virtual-time-budget=2000', '--user-data-dir=' . $profile, ...$arguments,
        ];
        $files = [['file', '/dev/null', 'r'], ['pipe', 'w'], ['file', $profile . '.log', 'w']];
        $process = proc_open($command, $files, $pipes);
        $output = (string) stream_get_contents($pipes[1]);
        $status = proc_close($process);
        if ($status !== 0) {
            throw new \RuntimeException('Chromium failed: ' . file_get_contents($profile . '.log'));
        }
        proc_close(proc_open(['rm', '-rf', $profile, $profile . '.log'], [], $pipes));

        return $output;
    }
}
