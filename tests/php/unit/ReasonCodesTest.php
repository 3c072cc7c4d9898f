<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Unit;

use Byte8\SageAccounting\Model\Reason\ReasonCatalog;
use Byte8\SageAccounting\Model\Reason\ReasonHelp;
use PHPUnit\Framework\TestCase;

/**
 * The module has words for every reason that the core or the relay can give.
 */
class ReasonCodesTest extends TestCase
{
    private const ROOT = __DIR__ . '/../../../';

    /** Registries, and how a code stands in them. */
    private const REGISTRIES = [
        'core/src/codes.rs' => '/ = "(\w+)", "/',
        'core/src/envelope/codes.rs' => '/ = "(\w+)", "/',
        'docs/reference/reasons.md' => '/^\| `(\w+)` \|/m',
    ];

    /**
     * @dataProvider registries
     */
    public function testEveryCodeHasWords(string $file, string $pattern): void
    {
        preg_match_all($pattern, (string) file_get_contents(self::ROOT . $file), $codes);
        $states = ['queued', 'running', 'waiting', 'succeeded', 'active'];

        self::assertGreaterThan(20, count($codes[1]));
        self::assertSame([], array_values(array_diff(
            array_filter($codes[1], static fn (string $code): bool => str_contains($code, '_')),
            ReasonCatalog::codes(),
            $states
        )));
    }

    /**
     * @return iterable<string, array{string, string}>
     */
    public static function registries(): iterable
    {
        foreach (self::REGISTRIES as $file => $pattern) {
            yield $file => [$file, $pattern];
        }
    }

    public function testAKnownReasonIsSaidInFewWordsAndKeepsItsDetails(): void
    {
        $reason = ReasonCatalog::reason('tax_rate_not_mapped', '17.5 % is not mapped.', 'Map it.');
        self::assertSame('A tax percentage has no Sage tax rate', $reason->title);
        self::assertSame(ReasonHelp::Settings, $reason->kind);
        self::assertSame("17.5 % is not mapped.\nMap it.", $reason->details);
    }

    public function testAnUnknownReasonIsSaidAsItCame(): void
    {
        $reason = ReasonCatalog::reason('brand_new', 'Something is new.', 'Look.');
        self::assertSame(['Something is new.', 'Look.', ''], [$reason->title, $reason->help, $reason->details]);
        self::assertSame('brand_new', ReasonCatalog::reason('brand_new', '', '')->title);
    }
}
