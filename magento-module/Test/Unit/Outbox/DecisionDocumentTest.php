<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Outbox;

use Byte8\SageAccounting\Model\Outbox\DecisionDocument;
use Byte8\SageAccounting\Test\Fake\FakeTranslator;
use PHPUnit\Framework\TestCase;

/**
 * A decision document, split as text.
 */
class DecisionDocumentTest extends TestCase
{
    public function testPlanIsNotCutOutOfAnythingButAPost(): void
    {
        $this->expectException(\UnexpectedValueException::class);

        (new DecisionDocument(FakeTranslator::skip('fake')->json))->plan();
    }

    public function testTextWithoutFindingsIsRefused(): void
    {
        $this->expectException(\UnexpectedValueException::class);

        new DecisionDocument('{"decision":"post","plan":{}}');
    }

    public function testRulesAndWarningsAreRead(): void
    {
        $text = new DecisionDocument('{"decision":"post","plan":{"a":1},"fired":["SQ-007","SQ-032"],'
            . '"warnings":[{"code":"c","pointer":"/p","message":"Größe"}]}');

        self::assertSame('{"a":1}', $text->plan());
        self::assertSame(['SQ-007', 'SQ-032'], $text->firedRules);
        self::assertSame('[{"code":"c","pointer":"/p","message":"Größe"}]', $text->warningsJson);
    }

    public function testCharactersMagentoCannotStoreBecomeEscapesOfTheSameText(): void
    {
        $plan = '{"name":"Cup 😀 € \\"x\\""}';
        $stored = (new DecisionDocument(FakeTranslator::post($plan)->json))->plan();

        self::assertStringContainsString('\ud83d\ude00 €', $stored);
        self::assertSame(json_decode($plan, true), json_decode($stored, true));
    }

    public function testFingerprintIgnoresTheSequenceAndNothingElse(): void
    {
        $plan = '{"key":"product.upserted:12","sequence":7,"steps":[{"xref":"stock:12:7","body":{"sequence":3}}]}';

        self::assertSame(
            DecisionDocument::fingerprint($plan),
            DecisionDocument::fingerprint(str_replace([':7,', '12:7'], [':9,', '12:9'], $plan))
        );
        self::assertNotSame(
            DecisionDocument::fingerprint($plan),
            DecisionDocument::fingerprint(str_replace('"sequence":3', '"sequence":4', $plan))
        );
    }
}
