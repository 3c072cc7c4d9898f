<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\ViewModel;

use Byte8\SageAccounting\Model\DryRun\Explanation;
use Byte8\SageAccounting\Test\Fake\FakeLocale;
use PHPUnit\Framework\TestCase;

/**
 * The core's explanation as HTML.
 */
class ExplanationViewTest extends TestCase
{
    public function testAmountsAreOfTheCurrencyAndQuantitiesAreNot(): void
    {
        $html = $this->html(['title' => 'Lines', 'entries' => [[
            'columns' => ['text', 'number', 'number', 'id'],
            'rows' => [['description', 'quantity', 'net', 'rate'], ['<b>Mug</b>', '1.50', '25.00', 'GB_STANDARD']],
        ]]]);

        self::assertStringContainsString('<h3>Lines</h3>', $html);
        self::assertStringContainsString('<th scope="col" class="byte8-amount">Net</th>', $html);
        self::assertStringContainsString('<td class="byte8-amount">1.50</td>', $html);
        self::assertStringContainsString('<td class="byte8-amount">£25.00</td>', $html);
        self::assertStringContainsString('<td>&lt;b&gt;Mug&lt;/b&gt;</td>', $html);
        self::assertStringContainsString('<td>GB_STANDARD</td>', $html);
    }

    public function testFactsHaveALabelAndRulesAreFoldedAway(): void
    {
        $html = $this->html(
            ['title' => 'Contact', 'entries' => [
                ['label' => 'reference', 'text' => ['M5', 'found or created']], ['line' => 'delivered to GB'],
            ]],
            ['title' => 'Rules that applied', 'entries' => [['label' => 'SQ-007', 'text' => ['a rule']]]]
        );

        self::assertStringContainsString('<dt>Reference</dt><dd>M5</dd><dd class="byte8-quiet">found', $html);
        self::assertStringContainsString('<p>delivered to GB</p>', $html);
        self::assertMatchesRegularExpression('~<details[^>]*><summary>Rules that applied</summary>.*SQ-007~', $html);
        self::assertStringNotContainsString('<h3>Rules', $html);
    }

    public function testNonsenseDoesNoHarm(): void
    {
        self::assertSame('', $this->html());
        $html = $this->html(['title' => '', 'entries' => [[], ['rows' => []], ['label' => 'x', 'text' => 'one']]]);
        self::assertStringContainsString('<dd>one</dd>', $html);
    }

    /**
     * @param array{title: string, entries: array<int, array<string, mixed>>} ...$sections
     */
    private function html(array ...$sections): string
    {
        return FakeLocale::explanation()->html(new Explanation('POST', array_values($sections)), 'GBP');
    }
}
