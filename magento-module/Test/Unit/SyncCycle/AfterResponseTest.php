<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\SyncCycle;

use Byte8\SageAccounting\Model\AfterResponse;
use Byte8\SageAccounting\Tools\PhpFpm;
use PHPUnit\Framework\TestCase;

/**
 * When the work runs: in a real PHP-FPM after the complete response, elsewhere immediately.
 */
class AfterResponseTest extends TestCase
{
    private const REQUEST = __DIR__ . '/../../Fake/after_response.php';

    private const SECONDS = 20;

    private string $folder;

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/byte8-late-' . bin2hex(random_bytes(4));
        mkdir($this->folder, 0700);
    }

    protected function tearDown(): void
    {
        array_map('unlink', (array) glob($this->folder . '/*'));
        rmdir($this->folder);
    }

    public function testWorkIsDoneAtOnceWhereTheAnswerCannotLeaveEarly(): void
    {
        $isDone = false;
        (new AfterResponse())->perform(static function () use (&$isDone): void {
            $isDone = true;
        });

        self::assertTrue($isDone);
    }

    public function testWorkBeginsAfterTheWholeAnswerHasLeft(): void
    {
        $fpm = new PhpFpm(environment: ['BYTE8_FOLDER' => $this->folder]);

        self::assertSame('the answer, end of the request', $fpm->get((string) realpath(self::REQUEST), '/'));
        self::assertFileDoesNotExist($this->folder . '/done');
        touch($this->folder . '/go');
        for ($deadline = microtime(true) + self::SECONDS; !file_exists($this->folder . '/done'); usleep(1000)) {
            self::assertLessThan($deadline, microtime(true), 'The work was not done: ' . $fpm->log());
        }
        $fpm->stop();
    }

    public function testAnswerWaitsForTheWorkWherePhpHasNoSuchFunction(): void
    {
        touch($this->folder . '/go');
        $options = ['-d', 'disable_functions=fastcgi_finish_request'];
        $fpm = new PhpFpm($options, ['BYTE8_FOLDER' => $this->folder]);

        self::assertSame('the answer, end of the request', $fpm->get((string) realpath(self::REQUEST), '/'));
        self::assertFileExists($this->folder . '/done');
        $fpm->stop();
    }
}
