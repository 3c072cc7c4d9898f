<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Unit;

use Byte8\SageAccounting\Tools\Arguments;
use Byte8\SageAccounting\Tools\UsageException;
use PHPUnit\Framework\TestCase;

/**
 * What the command line may look like.
 */
class ArgumentsTest extends TestCase
{
    /**
     * @return array<string, array{string[], string[], ?string}> words, row files, settings file
     */
    public static function goodLines(): array
    {
        return [
            'one' => [['--rows', 'a'], ['a'], null],
            'many after one option' => [['--rows', 'a', 'b', 'c'], ['a', 'b', 'c'], null],
            'many options' => [['--rows', 'a', '--rows', 'b'], ['a', 'b'], null],
            'settings in between' => [['--rows', 'a', '--settings', 's', 'b'], ['a', 'b'], 's'],
            'equals signs' => [['--rows=a=b', '--settings=s'], ['a=b'], 's'],
            'standard input' => [['--rows', '-'], ['-'], null],
            'a name like an option' => [['--settings', 's', '--', '--rows'], ['--rows'], 's'],
        ];
    }

    /**
     * @param string[] $words
     * @param string[] $rowFiles
     * @dataProvider goodLines
     */
    public function testGoodLines(array $words, array $rowFiles, ?string $settingsFile): void
    {
        $arguments = Arguments::parse($words, true);

        self::assertSame($rowFiles, $arguments->rowFiles);
        self::assertSame($settingsFile, $arguments->settingsFile);
    }

    /**
     * @return array<string, array{string[], string}>
     */
    public static function badLines(): array
    {
        return [
            'nothing' => [[], 'no file of recorded rows given'],
            'rows without a file' => [['--rows'], '--rows needs a file'],
            'settings without a file' => [['--rows', 'a', '--settings'], '--settings needs a file'],
            'option in place of a file' => [['--rows', '--settings', 's'], '--rows needs a file'],
            'only settings' => [['--settings', 's'], 'no file of recorded rows given'],
            'settings twice' => [['--settings', 's', '--settings', 't', 'a'], '--settings was given twice'],
            'unknown option' => [['--row', 'a'], 'unknown option --row'],
        ];
    }

    /**
     * @param string[] $words
     * @dataProvider badLines
     */
    public function testBadLines(array $words, string $message): void
    {
        $this->expectException(UsageException::class);
        $this->expectExceptionMessage($message);

        Arguments::parse($words, true);
    }
}
