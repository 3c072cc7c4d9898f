<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit;

use Byte8\SageAccounting\Model\Outbox\OutboxState;
use Byte8\SageAccounting\Model\Outbox\TranslationRun;
use Byte8\SageAccounting\Model\Reason\ReasonCatalog;
use Byte8\SageAccounting\Model\Settings\LiveState;
use Byte8\SageAccounting\Model\SyncState\HoldMode;
use Byte8\SageAccounting\Model\SyncState\SyncStatus;
use Byte8\SageAccounting\ViewModel\ExplanationView;
use Byte8\SageAccounting\ViewModel\RecordKinds;
use PHPUnit\Framework\TestCase;

/**
 * Every phrase of the admin has a line in every language, and no line is left over.
 */
class TranslationsTest extends TestCase
{
    private const MODULE = __DIR__ . '/../../';

    /**
     * @return iterable<string, array{string}>
     */
    public static function languages(): iterable
    {
        yield 'English' => ['en_GB'];
        yield 'French' => ['fr_FR'];
        yield 'German' => ['de_DE'];
    }

    /**
     * @dataProvider languages
     */
    public function testEveryPhraseHasALine(string $language): void
    {
        $lines = [];
        $file = fopen(self::MODULE . 'i18n/' . $language . '.csv', 'r');
        while (($line = fgetcsv($file, 0, ',', '"', '')) !== false) {
            self::assertCount(2, $line);
            self::assertNotSame('', $line[1], $line[0]);
            self::assertSame(
                preg_match_all('/%[0-9]/', $line[0]),
                preg_match_all('/%[0-9]/', $line[1]),
                $line[0] . ' keeps its placeholders'
            );
            if ($language === 'en_GB') {
                self::assertSame($line[0], $line[1]);
            }
            $lines[] = $line[0];
        }
        $phrases = $this->phrases();
        sort($lines);
        sort($phrases);

        self::assertGreaterThan(100, count($phrases));
        self::assertSame($phrases, $lines);
    }

    /**
     * @return string[]
     */
    private function phrases(): array
    {
        $phrases = [
            ...RecordKinds::phrases(), ...ReasonCatalog::phrases(), ...ExplanationView::phrases(), LiveState::WAITS,
            TranslationRun::NO_SETTINGS, TranslationRun::FINISH_SET_UP,
        ];
        foreach ([...OutboxState::cases(), ...SyncStatus::cases(), ...HoldMode::cases()] as $case) {
            $phrases[] = $case->label();
        }
        $all = new \RecursiveIteratorIterator(
            new \RecursiveDirectoryIterator(self::MODULE, \FilesystemIterator::SKIP_DOTS)
        );
        foreach ($all as $file) {
            $name = substr((string) $file, strlen(self::MODULE));
            if (str_starts_with($name, 'Test/')) {
                continue;
            }
            $text = (string) file_get_contents((string) $file);
            $found = match (pathinfo($name, PATHINFO_EXTENSION)) {
                'php', 'phtml' => $this->phrasesBy('/__\(\s*\'((?:[^\'\\\\]|\\\\.)*)\'/', $text),
                'js' => $this->phrasesBy('/\$t\(\'([^\']*)\'/', $text),
                'xml' => $this->inXml($text),
                default => [],
            };
            array_push($phrases, ...$found);
        }

        return array_values(array_unique($phrases));
    }

    /**
     * @return string[]
     */
    private function phrasesBy(string $pattern, string $text): array
    {
        preg_match_all($pattern, $text, $found);

        return array_map(static fn (string $phrase): string => str_replace("\\'", "'", $phrase), $found[1]);
    }

    /**
     * @return string[]
     */
    private function inXml(string $text): array
    {
        $phrases = [];
        foreach ((new \SimpleXMLElement($text))->xpath('//*[@translate]') ?: [] as $element) {
            $names = (string) $element['translate'];
            foreach ($names === 'true' ? [] : explode(' ', $names) as $name) {
                $phrases[] = (string) ($element[$name] ?? $element->{$name});
            }
            if ($names === 'true') {
                $phrases[] = (string) $element;
            }
        }

        return $phrases;
    }
}
