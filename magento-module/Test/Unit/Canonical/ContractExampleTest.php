<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Canonical;

use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use Byte8\SageAccounting\Test\Recorded\RecordedEventBuilder;
use PHPUnit\Framework\TestCase;

/**
 * The event printed in docs/contracts.md is the one built from ship_excl_taxed.json, key order included.
 */
class ContractExampleTest extends TestCase
{
    private const CONTRACT = __DIR__ . '/../../../../docs/contracts.md';

    private const ABBREVIATED = '"shipping_address": { "…": "the same keys; null for a virtual order" }';

    public function testBuiltEventEqualsThePrintedOne(): void
    {
        $built = (new RecordedEventBuilder())->build(GoldenRows::file('ship_excl_taxed')->event(1));
        $decoded = json_decode((string) $built, true, 512, JSON_THROW_ON_ERROR);
        $printed = $this->printedEvent(json_encode(
            $decoded['shipping_address'],
            JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR
        ));

        self::assertSame($printed, $decoded);
    }

    public function testShippingAddressHasTheKeysOfTheBillingAddress(): void
    {
        $event = GoldenRows::builtEvent('ship_excl_taxed', 1);

        self::assertSame(array_keys($event['billing_address']), array_keys($event['shipping_address']));
    }

    public function testTextIsWrittenWithoutEscapes(): void
    {
        $built = (string) (new RecordedEventBuilder())->build(GoldenRows::file('text_entities')->event(1));

        self::assertStringContainsString('"Check / Money order"', $built);
        self::assertMatchesRegularExpression('/[^\x00-\x7F]/', $built);
        self::assertStringNotContainsString('\u00', $built);
    }

    /**
     * @return array<string, mixed>
     */
    private function printedEvent(string $shippingAddress): array
    {
        $contract = (string) file_get_contents(self::CONTRACT);
        self::assertSame(1, preg_match('/## 1\. Event.*?```json\n(.*?)```/s', $contract, $found));
        self::assertStringContainsString(self::ABBREVIATED, $found[1]);

        return json_decode(
            str_replace(self::ABBREVIATED, '"shipping_address": ' . $shippingAddress, $found[1]),
            true,
            512,
            JSON_THROW_ON_ERROR
        );
    }
}
