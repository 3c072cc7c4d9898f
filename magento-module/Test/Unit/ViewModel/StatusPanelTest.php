<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Test\Unit\ViewModel;

use Byte8\SageAccounting\Model\Status\StatusReader;
use Byte8\SageAccounting\Test\Database\SyncCycleTestCase;
use Byte8\SageAccounting\Test\Fake\FakeAdmin;
use Byte8\SageAccounting\Test\Fake\FakeLocale;
use Byte8\SageAccounting\ViewModel\SetUpSteps;
use Byte8\SageAccounting\ViewModel\StatusPanel;
use Magento\Framework\Escaper;

/**
 * The button that tells the relay of the shop: only for whom may connect, and only while the shop is connected.
 */
class StatusPanelTest extends SyncCycleTestCase
{
    private const TEMPLATE = __DIR__ . '/../../../view/adminhtml/templates/system/config/status_panel.phtml';

    public function testTheButtonPostsToItsOwnAddress(): void
    {
        $html = $this->html(new FakeAdmin());
        self::assertMatchesRegularExpression('~data-byte8-url="[^"]*byte8_sage/connection/report~', $html);
        self::assertStringContainsString('Send to the relay', $html);

        $denied = new FakeAdmin([], ['Byte8_SageAccounting::connection']);
        self::assertStringNotContainsString('Send to the relay', $this->html($denied));
        $this->connections->connection = null;
        self::assertStringNotContainsString('Send to the relay', $this->html(new FakeAdmin()));
    }

    public function testTimesAreToldToTheMinute(): void
    {
        $this->runCycle();
        $html = $this->html(new FakeAdmin());

        self::assertStringContainsString('Last run: 21 Nov 2026, 12:00', $html);
        self::assertStringNotContainsString('2026-11-21', $html);
        self::assertStringNotContainsString($this->status()->settingsDigest, $html);
    }

    private function html(FakeAdmin $admin): string
    {
        $reader = $this->createStub(StatusReader::class);
        $reader->method('read')->willReturn($this->status());
        $block = new class ($this->panel($reader, $admin)) {
            public function __construct(private readonly StatusPanel $panel)
            {
            }

            public function getData(string $key): StatusPanel
            {
                return $this->panel;
            }
        };
        $escaper = new Escaper();
        ob_start();
        try {
            (static function (string $file) use ($block, $escaper): void {
                require $file;
            })(self::TEMPLATE);
        } finally {
            $html = (string) ob_get_clean();
        }

        return $html;
    }

    private function panel(StatusReader $reader, FakeAdmin $admin): StatusPanel
    {
        $links = FakeLinks::of($this->config, $this->connections);
        $format = FakeLocale::format();

        return new StatusPanel($reader, new SetUpSteps($links, $format, $admin), $format, $admin, $admin);
    }
}
