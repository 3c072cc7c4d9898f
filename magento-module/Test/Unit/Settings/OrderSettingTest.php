<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\Settings;

use Byte8\SageAccounting\Model\Settings\OrderSetting;
use Byte8\SageAccounting\Model\Settings\SettingsRepository;
use Byte8\SageAccounting\Test\Fake\InMemoryKeyValueStore;
use PHPUnit\Framework\TestCase;

/**
 * Orders are sent only where the merchant's settings say so.
 */
class OrderSettingTest extends TestCase
{
    /**
     * @return array<string, array{string, bool}>
     */
    public static function documents(): array
    {
        return [
            'on' => ['{"schema":"1","policy":{"sync_estimates":true}}', true],
            'off' => ['{"schema":"1","policy":{"sync_estimates":false}}', false],
            'not there' => ['{"schema":"1","policy":{}}', false],
            'a word' => ['{"policy":{"sync_estimates":"true"}}', false],
            'a number' => ['{"policy":{"sync_estimates":1}}', false],
            'no policy' => ['{"sync_estimates":true}', false],
            'policy no object' => ['{"policy":"sync_estimates"}', false],
            'no JSON' => ['{', false],
            'nothing' => ['', false],
        ];
    }

    /**
     * @dataProvider documents
     */
    public function testOnlyTrueMeansYes(string $document, bool $expected): void
    {
        $values = new InMemoryKeyValueStore();
        $setting = new OrderSetting($values);
        self::assertFalse($setting->isEnabled(), 'without settings');

        OrderSetting::store($values, $document);
        self::assertSame($expected, $setting->isEnabled());
        OrderSetting::forget($values);
        self::assertFalse($setting->isEnabled());
    }

    /**
     * @dataProvider documents
     */
    public function testDocumentOfAnEarlierVersionIsRead(string $document, bool $expected): void
    {
        $values = new InMemoryKeyValueStore();
        $values->set(SettingsRepository::DOCUMENT, $document);

        self::assertSame($expected, (new OrderSetting($values))->isEnabled());
    }
}
