<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit;

use PHPUnit\Framework\TestCase;

/**
 * House rules that a machine can check, among them those for which the Marketplace rejects a module.
 */
class TidyTest extends TestCase
{
    private const MODULE = __DIR__ . '/../../';

    private const TOOLS = __DIR__ . '/../../../tests/php/';

    private const FORBIDDEN_TOKENS = [
        T_FINAL => 'final', T_ECHO => 'echo', T_PRINT => 'print', T_EXIT => 'exit', T_EVAL => 'eval', T_GOTO => 'goto',
        T_GLOBAL => 'global', T_INLINE_HTML => 'text outside of PHP',
    ];

    private const FORBIDDEN_FUNCTIONS = [
        'md5', 'sha1', 'serialize', 'unserialize', 'exec', 'shell_exec', 'passthru', 'system', 'popen', 'proc_open',
        'mt_rand', 'mt_srand', 'srand', 'rand', 'assert', 'create_function', 'method_exists', 'floatval', 'round',
    ];

    private const MAXIMUM_LINES = 400;

    /** Words of the ledger that must not occur on Magento's side. */
    private const LEDGER_WORDS = '/contact_id|tax_rate_id|ledger_account_id|sales_invoices|displayed_as/';

    /**
     * @return iterable<string, array{string}>
     */
    public static function moduleFiles(): iterable
    {
        yield from self::filesBelow(self::MODULE, '/\.php$/');
    }

    /**
     * @return iterable<string, array{string}>
     */
    public static function shippedFiles(): iterable
    {
        foreach (self::moduleFiles() as $name => $file) {
            if (!str_starts_with($name, 'Test/')) {
                yield $name => $file;
            }
        }
    }

    /**
     * @return iterable<string, array{string}>
     */
    public static function allFiles(): iterable
    {
        yield from self::moduleFiles();
        foreach (self::filesBelow(self::TOOLS, '/\.php$/') as $name => $file) {
            yield 'tests/php/' . $name => $file;
        }
    }

    /**
     * @dataProvider moduleFiles
     */
    public function testModuleUsesNothingTheMarketplaceRejects(string $file): void
    {
        $found = [];
        $tokens = \PhpToken::tokenize((string) file_get_contents($file));
        foreach ($tokens as $position => $token) {
            $found[] = self::FORBIDDEN_TOKENS[$token->id] ?? null;
            if ($token->is(['`', '@'])) {
                $found[] = $token->text;
            }
            if (
                $token->is(T_STRING)
                && in_array(strtolower($token->text), self::FORBIDDEN_FUNCTIONS, true)
                && ($tokens[$position + 1]->text ?? '') === '('
                && !$this->isMember($tokens, $position)
            ) {
                $found[] = $token->text . '()';
            }
        }

        self::assertSame([], array_values(array_filter($found)), $file);
    }

    /**
     * @dataProvider shippedFiles
     */
    public function testShippedClassKnowsNoLedgerWordsNoObjectManagerAndNoHelper(string $file): void
    {
        $text = (string) file_get_contents($file);

        self::assertDoesNotMatchRegularExpression(self::LEDGER_WORDS, $text);
        self::assertStringNotContainsString('ObjectManager', $text);
        // Symfony's own helpers for tables and progress bars are meant to be used.
        self::assertDoesNotMatchRegularExpression('/(?<!Console\\\\)\bHelper\b/', $text);
        self::assertDoesNotMatchRegularExpression('/\\\\(Proxy|Interceptor)\b/', $text);
    }

    /**
     * @dataProvider allFiles
     */
    public function testFileIsStrictDocumentedAndShort(string $file): void
    {
        $text = (string) file_get_contents($file);

        self::assertStringContainsString("\ndeclare(strict_types=1);\n", $text, $file);
        self::assertMatchesRegularExpression('~^(/\*\*|#\[)~m', $text, $file . ' has no docblock');
        self::assertDoesNotMatchRegularExpression('/TO' . 'DO|FIX' . 'ME/', $text, $file);
        self::assertLessThanOrEqual(self::MAXIMUM_LINES, substr_count($text, "\n"), $file);
    }

    /**
     * The tests run on a newer PHP; this is what 8.1 would not read.
     *
     * @dataProvider moduleFiles
     */
    public function testFileIsReadableForPhp81(string $file): void
    {
        $text = (string) file_get_contents($file);

        self::assertDoesNotMatchRegularExpression('/\breadonly class\b|\bclass\b[^{;(]*\breadonly\b/', $text, $file);
        self::assertDoesNotMatchRegularExpression('/\bconst (?:string|int|array|bool|float) \w+ =/', $text, $file);
        self::assertDoesNotMatchRegularExpression('/[(|:] ?\((?:\w+&)+\w+\)\|/', $text, $file);
        self::assertDoesNotMatchRegularExpression('/\): (?:true|false|null)\b/', $text, $file);
        self::assertDoesNotMatchRegularExpression('/\b(?:json_validate|array_find|mb_str_pad|mb_trim)\(/', $text);
    }

    public function testObserversInEventsXmlExist(): void
    {
        $events = new \SimpleXMLElement((string) file_get_contents(self::MODULE . 'etc/events.xml'));
        $classes = array_map('strval', $events->xpath('//observer/@instance') ?: []);

        self::assertNotSame([], $classes);
        foreach ($classes as $class) {
            self::assertTrue(class_exists($class), $class);
        }
    }

    public function testWhitelistCoversTheSchema(): void
    {
        $schema = new \SimpleXMLElement((string) file_get_contents(self::MODULE . 'etc/db_schema.xml'));
        $listed = json_decode((string) file_get_contents(self::MODULE . 'etc/db_schema_whitelist.json'), true);
        $declared = [];
        foreach ($schema->table as $table) {
            foreach ($table->children() as $kind => $part) {
                $name = (string) ($part['name'] ?? $part['referenceId']);
                $declared[(string) $table['name']][$kind][$name] = true;
            }
        }

        self::assertEquals($declared, $listed);
    }

    /**
     * @param \PhpToken[] $tokens
     */
    private function isMember(array $tokens, int $position): bool
    {
        $before = $tokens[$position - 1] ?? null;
        $beforeThat = $tokens[$position - 2] ?? null;

        return $before?->is([T_OBJECT_OPERATOR, T_NULLSAFE_OBJECT_OPERATOR, T_DOUBLE_COLON])
            || ($before?->is(T_WHITESPACE) && $beforeThat?->is(T_FUNCTION));
    }

    /**
     * @return iterable<string, array{string}>
     */
    private static function filesBelow(string $folder, string $pattern): iterable
    {
        $all = new \RecursiveIteratorIterator(
            new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS)
        );
        foreach ($all as $file) {
            if (preg_match($pattern, (string) $file) === 1) {
                yield substr((string) $file, strlen($folder)) => [(string) $file];
            }
        }
    }
}
