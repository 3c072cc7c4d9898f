<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Unit;

use Byte8\SageAccounting\Model\Connection\Connection;
use Byte8\SageAccounting\Test\Fake\FakeAdmin;
use Byte8\SageAccounting\Test\Fake\InMemoryConnectionStore;
use Byte8\SageAccounting\Tools\AdminScreen;
use Byte8\SageAccounting\ViewModel\RelayKeyField;
use PHPUnit\Framework\TestCase;

/**
 * The field for the key from the relay: it shows no stored key, and its input is not part of the page's form.
 */
class RelayKeyFieldTest extends TestCase
{
    use AdminScreen;

    private const SECRET = 'rk_00112233445566778899aabbccddeeff';

    public function testTheStoredKeyIsNotShownAndTheInputIsNotSavedWithThePage(): void
    {
        $html = $this->html(new Connection('https://relay.example', 'shop-1', self::SECRET));

        self::assertStringNotContainsString(self::SECRET, $html);
        self::assertDoesNotMatchRegularExpression('/\s(name|value)=/', $html);
        self::assertMatchesRegularExpression('~data-byte8-url="[^"]*byte8_sage/connection/connect~', $html);
        self::assertStringContainsString('This shop is already connected. Replace the connection?', $html);
        self::assertStringNotContainsString('data-byte8-confirm', $this->html(null));
    }

    public function testTheFieldIsForThoseWhoMayConnect(): void
    {
        $denied = new FakeAdmin([], ['Byte8_SageAccounting::connection']);

        self::assertFalse((new RelayKeyField(new InMemoryConnectionStore(), $denied, $denied))->mayConnect());
        $system = simplexml_load_file($this->module() . '/etc/adminhtml/system.xml');
        $field = $system->xpath('//field[@id="relay_key"]')[0];
        self::assertSame('byte8_sage_accounting_' . $field['id'], RelayKeyField::HTML_ID, 'the label is the input\'s');
    }

    public function testTheBrowserPostsTheKeyAndEmptiesTheInputOnlyOnceItIsAccepted(): void
    {
        $refused = $this->shown('relay_key_refused', $this->page('{"accepted":false,"lines":["No <b>key</b>"]}'));
        self::assertStringContainsString('<p>No &lt;b&gt;key&lt;/b&gt;</p>', $refused);
        self::assertStringContainsString('posted:form_key=FK&amp;isAjax=true&amp;relay_key=pasted+text', $refused);
        self::assertStringContainsString('left:pasted text;submitted:false', $refused);
        self::assertStringNotContainsString('<a href=', $refused);

        $accepted = $this->shown('relay_key', $this->page('{"accepted":true,"lines":["Connected"]}'));
        self::assertStringContainsString('<p>Connected</p><a href=', $accepted);
        self::assertStringContainsString('Show the present status', $accepted);
        self::assertStringContainsString('left:;submitted:false', $accepted);
    }

    /**
     * The field in a form, with its script: text is pasted, and Enter pressed.
     */
    private function page(string $answer): string
    {
        $script = file_get_contents($this->module() . '/view/adminhtml/web/js/panel.js');

        return '<form>' . $this->html(null) . '</form><p id="sent"></p><p id="left"></p><script>
            window.FORM_KEY = "FK";
            window.fetch = (url, options) => {
                document.querySelector("#sent").textContent = "posted:" + options.body;
                return Promise.resolve({json: () => Promise.resolve(' . $answer . ')});
            };
            window.define = (names, make) => make(text => text)({}, document.querySelector("[data-mage-init]"));
            </script><script>' . $script . '</script><script>
            const input = document.querySelector("input");
            input.value = "pasted text";
            const enter = {key: "Enter", bubbles: true, cancelable: true};
            const isSubmitted = input.dispatchEvent(new KeyboardEvent("keydown", enter));
            setTimeout(() => {
                document.querySelector("#left").textContent = "left:" + input.value + ";submitted:" + isSubmitted;
            }, 100);
            </script>';
    }

    private function html(?Connection $connection): string
    {
        $admin = new FakeAdmin();
        $field = new RelayKeyField(new InMemoryConnectionStore($connection), $admin, $admin);

        return $this->rendered('system/config/relay_key', $field);
    }
}
