<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\DryRun;

use Byte8\SageAccounting\Model\DryRun\Explanation;
use PHPUnit\Framework\TestCase;

/**
 * The core's explanation as a page lays it out.
 */
class ExplanationTest extends TestCase
{
    public function testSectionsAndOutcomeAreRead(): void
    {
        $entries = [
            ['line' => 'delivered to GB'],
            ['label' => 'reference', 'text' => ['000000058', 'dated 2026-11-21']],
            ['columns' => ['text', 'number'], 'rows' => [['description', 'net'], ['Mug', '5.00']]],
        ];
        $explanation = Explanation::fromJson((string) json_encode([
            'headline' => 'POST invoice 000000058',
            'sections' => [['title' => 'Lines', 'entries' => $entries]],
        ]));
        self::assertSame('POST invoice 000000058', $explanation->headline);
        self::assertSame('post', $explanation->outcome());
        self::assertSame([['title' => 'Lines', 'entries' => $entries]], $explanation->sections);
        self::assertSame('reject', Explanation::fromJson('{"headline":"REJECT invoice 1"}')->outcome());
    }

    public function testNonsenseIsAnEmptyPage(): void
    {
        foreach (['', '[]', '{"sections":[7,{"entries":"x"}]}'] as $json) {
            $explanation = Explanation::fromJson($json);
            self::assertSame(['', ''], [$explanation->headline, $explanation->outcome()]);
            self::assertSame([], array_merge([], ...array_column($explanation->sections, 'entries')));
        }
        self::assertSame('', (new Explanation('magento_row_damaged items[0]: missing'))->outcome());
    }
}
