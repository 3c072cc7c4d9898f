<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Model\Bridge\ExplainerInterface;
use Byte8\SageAccounting\Model\Bridge\TranslatorInterface;
use Byte8\SageAccounting\Model\Canonical\CanonicalDataException;
use Byte8\SageAccounting\Test\Recorded\JsonObjectText;

/**
 * Prints the core's decision on every event in files of recorded rows, one JSON line each, or with `--explain` a page
 * for people each, an empty line after it.
 *
 * Standard output carries decisions and nothing else. Whatever is wrong with the input is one line on
 * standard error, naming file and field; the rest of the file and the other files are still done.
 */
class PlanCommand
{
    private const USAGE = 'usage: plan [--explain] --rows FILE… [--settings FILE]   ("-" is standard input)';

    /**
     * @param \Closure $openTranslator gives a TranslatorInterface that is an ExplainerInterface too, or throws
     *     BridgeException
     * @param string $defaultSettingsFile settings used when none are given
     */
    public function __construct(
        private readonly Streams $streams,
        private readonly \Closure $openTranslator,
        private readonly string $defaultSettingsFile
    ) {
    }

    /**
     * @param string[] $words
     * @return int 0, or 2 when anything was wrong with the command line, the input or this host
     */
    public function run(array $words): int
    {
        try {
            $arguments = Arguments::parse($words, true);
        } catch (UsageException $exception) {
            return $this->fail($exception->getMessage() . '; ' . self::USAGE);
        }
        if ($arguments->helpWanted) {
            $this->streams->line(self::USAGE);

            return 0;
        }
        $settingsFile = $arguments->settingsFile ?? $this->defaultSettingsFile;
        try {
            $settings = $this->readSettings($settingsFile);
            /** @var TranslatorInterface&ExplainerInterface $translator */
            $translator = ($this->openTranslator)();
            $translator->describe();
        } catch (CanonicalDataException $problem) {
            return $this->fail($settingsFile . ': ' . $problem->getMessage());
        } catch (BridgeException $exception) {
            return $this->fail($exception->summary());
        }

        $answer = static fn (string $event): string => $translator->translate($event, $settings)->json;
        if ($arguments->explanationWanted) {
            $answer = static fn (string $event): string => $translator->explain($event, $settings);
        }

        return $this->decide($arguments->rowFiles, $answer);
    }

    /**
     * @param string[] $files
     * @param \Closure $answer what to print for an event's JSON text
     */
    private function decide(array $files, \Closure $answer): int
    {
        $exitCode = 0;
        (new RecordedRowsReader($this->streams))->read(
            $files,
            function (string $event, string $file, int $index) use ($answer, &$exitCode): void {
                try {
                    $this->streams->line($answer($event));
                } catch (BridgeException $exception) {
                    $exitCode = $this->fail(sprintf('%s: events[%d]: %s', $file, $index, $exception->summary()));
                }
            },
            function (string $file, CanonicalDataException $problem) use (&$exitCode): void {
                $exitCode = $this->fail($file . ': ' . $problem->getMessage());
            }
        );

        return $exitCode;
    }

    /**
     * The settings' own text; only what is no JSON object at all is caught here.
     */
    private function readSettings(string $file): string
    {
        $text = JsonObjectText::withoutByteOrderMark($this->streams->readFile($file));
        JsonObjectText::decode($text);

        return $text;
    }

    private function fail(string $message): int
    {
        $this->streams->error('plan: ' . $message);

        return 2;
    }
}
