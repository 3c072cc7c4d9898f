<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Canonical;

use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use Byte8\SageAccounting\Test\Recorded\RecordedEventBuilder;
use PHPUnit\Framework\TestCase;

/**
 * The events printed in docs/contracts.md are those built from the recorded rows they name, key order included.
 */
class ContractExampleTest extends TestCase
{
    private const CONTRACT = __DIR__ . '/../../../../docs/contracts.md';

    /** Key that stands for keys left out. */
    private const CUT = '…';

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

    public function testPrintedPartsOfTheOtherEventsAreTheBuiltOnes(): void
    {
        $contract = (string) file_get_contents(self::CONTRACT);
        $pattern = '~```jsonc\n// golden/magento/(\w+)\.json, events\[(\d+)]\n(.*?)```~s';
        self::assertSame(6, preg_match_all($pattern, $contract, $examples, PREG_SET_ORDER));
        $names = [];
        foreach ($examples as [, $file, $index, $example]) {
            $withoutComments = (string) preg_replace('~(^|[\s\[{,])//.*~m', '$1', $example);
            $printed = json_decode($withoutComments, true, 512, JSON_THROW_ON_ERROR);
            $names[] = $printed['event'];
            $this->checkPart($printed, GoldenRows::builtEvent($file, (int) $index), $file);
        }

        self::assertSame(
            [
                'invoice.paid',
                'order.placed',
                'creditmemo.created',
                'creditmemo.created',
                'customer.upserted',
                'product.upserted',
            ],
            $names
        );
    }

    /**
     * Printed objects may leave out keys. Printed lists are complete, unless a row of them says that it is cut.
     *
     * @param array<int|string, mixed> $printed
     * @param array<int|string, mixed> $built
     */
    private function checkPart(array $printed, array $built, string $place): void
    {
        if (array_is_list($printed) && !isset($printed[0][self::CUT])) {
            self::assertSame($printed, $built, $place);
            return;
        }
        unset($printed[self::CUT]);
        self::assertSame(array_keys($printed), array_keys(array_intersect_key($built, $printed)), $place);
        foreach ($printed as $key => $value) {
            is_array($value)
                ? $this->checkPart($value, $built[$key], $place . '/' . $key)
                : self::assertSame($value, $built[$key], $place . '/' . $key);
        }
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
