<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Unit;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Test\Fake\FakeTranslator;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use Byte8\SageAccounting\Tools\PlanCommand;
use Byte8\SageAccounting\Tools\Streams;
use PHPUnit\Framework\TestCase;

/**
 * plan.php with a fake core: what goes to which stream, and how damaged input is named.
 */
class PlanCommandTest extends TestCase
{
    private string $folder;

    private string $output = '';

    private string $errors = '';

    protected function setUp(): void
    {
        $this->folder = sys_get_temp_dir() . '/byte8-plan-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
        $this->write('settings.json', '{"schema":"1"}');
    }

    protected function tearDown(): void
    {
        array_map('unlink', glob($this->folder . '/*') ?: []);
        rmdir($this->folder);
    }

    public function testEveryEventOfOursGivesOneLine(): void
    {
        $translator = new FakeTranslator();
        $file = $this->write('orders.json', GoldenRows::text('inv_open_then_paid'));

        self::assertSame(0, $this->plan(['--rows', $file], $translator));
        self::assertSame(str_repeat(FakeTranslator::skip('fake')->json . "\n", 3), $this->output);
        self::assertSame('', $this->errors);
        self::assertSame(
            [['order.placed', 1], ['invoice.created', 2], ['invoice.paid', 3]],
            array_map(static function (array $asked): array {
                $event = json_decode($asked['event'], true);

                return [$event['event'], $event['sequence']];
            }, $translator->asked)
        );
        self::assertSame('{"schema":"1"}', $translator->asked[0]['settings']);
    }

    public function testExplanationsTakeThePlaceOfTheLines(): void
    {
        $file = $this->write('orders.json', GoldenRows::text('inv_open_then_paid'));

        self::assertSame(0, $this->plan(['--explain', '--rows', $file], new FakeTranslator()));
        self::assertSame(str_repeat("SKIP fake\n\n", 3), $this->output);
        self::assertSame('', $this->errors);
    }

    public function testStandardInputIsReadOnce(): void
    {
        $exitCode = $this->plan(['--rows', '-', '-'], new FakeTranslator(), GoldenRows::text('ship_excl_taxed'));

        self::assertSame(2, $exitCode);
        self::assertSame(2, substr_count($this->output, "\n"));
        self::assertSame("plan: -: standard input can be read only once\n", $this->errors);
    }

    public function testHappeningsThatAreNoEventOfOursPrintNothing(): void
    {
        $file = $this->write('orders.json', '{"events":[{"event":"order.shipped"},{"event":"order.viewed"}]}');

        self::assertSame(0, $this->plan(['--rows', $file], new FakeTranslator()));
        self::assertSame(['', ''], [$this->output, $this->errors]);
    }

    /**
     * @return array<string, array{string, string}> text of the file, what is said about it
     */
    public static function unreadableFiles(): array
    {
        return [
            'empty' => [' ', 'empty, expected a JSON object'],
            'broken JSON' => ['{"events":[', 'broken JSON: Syntax error'],
            'too deep' => [str_repeat('[', 600) . str_repeat(']', 600), 'broken JSON: Maximum stack depth exceeded'],
            'list' => ['[]', 'not a JSON object'],
            'number' => ['3', 'not a JSON object'],
            'no events' => ['{}', 'events: missing'],
            'events no list' => ['{"events":{"a":1}}', 'events: expected a list'],
            'event no object' => ['{"events":["invoice.created"]}', 'events[0]: expected an object'],
            'event without a name' => ['{"events":[{}]}', 'events[0].event: missing'],
            'event with null for a name' => ['{"events":[{"event":null}]}', 'events[0].event: is null'],
            'event with a list for a name' => ['{"events":[{"event":[]}]}', 'events[0].event: expected a string'],
            'event without invoice' => ['{"events":[{"event":"invoice.created"}]}', 'events[0].invoice: missing'],
            'invoice no object' => ['{"events":[{"event":"invoice.paid","invoice":"x"}]}', 'events[0].invoice: exp'],
            'invalid UTF-8' => ["{\"events\":[{\"event\":\"caf\xE9\"}]}", 'invalid UTF-8 at byte 25'],
            'UTF-16' => ["\xFF\xFE{\0", 'invalid UTF-8 at byte 1, expected JSON text'],
            'compressed' => ["\x1F\x8B\x08", 'invalid UTF-8 at byte 2, expected JSON text'],
            'config no object' => ['{"events":[],"config":"x"}', 'config: expected an object of settings'],
            'too large' => [str_repeat(' ', 33 * 1024 * 1024), 'has more than 33554432 bytes'],
            'lone surrogate' => ['{"events":["\ud800"]}', 'broken JSON: Single unpaired UTF-16 surrogate'],
        ];
    }

    /**
     * @dataProvider unreadableFiles
     */
    public function testDamagedFileIsNamedAndTheNextIsDone(string $text, string $said): void
    {
        $bad = $this->write('bad.json', $text);
        $good = $this->write('good.json', GoldenRows::text('ship_excl_taxed'));

        self::assertSame(2, $this->plan(['--rows', $bad, $good], new FakeTranslator()));
        self::assertSame(2, substr_count($this->output, "\n"));
        self::assertStringStartsWith('plan: ' . $bad . ': ' . $said, $this->errors);
        self::assertSame(1, substr_count($this->errors, "\n"));
    }

    /**
     * @return array<string, array{string, string}> a name that is no file, what is said about it
     */
    public static function otherThanFiles(): array
    {
        return [
            'folder' => [sys_get_temp_dir(), 'is a folder, not a file'],
            'nothing there' => ['/nowhere.json', 'no such file'],
            'no name' => ['', 'no such file'],
            'a stream of PHP' => ['php://memory', 'no such file'],
            'endless device' => ['/dev/zero', 'has more than 33554432 bytes'],
            'reading fails' => ['/proc/self/mem', 'cannot be read'],
        ];
    }

    /**
     * @dataProvider otherThanFiles
     */
    public function testWhatIsNoFileIsNamedAndTheNextIsDone(string $name, string $said): void
    {
        $good = $this->write('good.json', GoldenRows::text('ship_excl_taxed'));

        self::assertSame(2, $this->plan(['--rows', $name, $good], new FakeTranslator()));
        self::assertSame(2, substr_count($this->output, "\n"));
        self::assertSame(sprintf("plan: %s: %s\n", $name, $said), $this->errors);
    }

    public function testNamedPipeIsReadAndOneWithoutWriterIsNotWaitedFor(): void
    {
        self::assertTrue(function_exists('posix_mkfifo'), 'This PHP cannot make named pipes.');
        $pipe = $this->folder . '/pipe';
        self::assertTrue(posix_mkfifo($pipe, 0600));
        $good = $this->write('good.json', GoldenRows::text('ship_excl_taxed'));

        self::assertSame(2, $this->plan(['--rows', $pipe, $good], new FakeTranslator()));
        self::assertSame(2, substr_count($this->output, "\n"));
        self::assertSame(sprintf("plan: %s: is a pipe into which nobody writes\n", $pipe), $this->errors);

        $writer = proc_open(['sh', '-c', 'cat "$1" > "$2"', '-', $good, $pipe], [], $pipes);
        self::assertSame(0, $this->plan(['--rows', $pipe], new FakeTranslator()));
        self::assertSame(0, proc_close($writer));
        self::assertSame('', $this->errors);
    }

    public function testDamageInTheConfigurationIsToldOnce(): void
    {
        $file = $this->write('p.json', GoldenRows::changed('products_basic', static function (array &$d): void {
            $d['config']['tax/calculation/price_includes_tax'] = 'yes';
        }));

        self::assertSame(2, $this->plan(['--rows', $file], new FakeTranslator()));
        self::assertSame(sprintf(
            "plan: %s: config.tax/calculation/price_includes_tax: expected a whole number, found the string \"yes\"\n",
            $file
        ), $this->errors);
    }

    public function testSameFileTwiceIsDoneTwice(): void
    {
        $file = $this->write('orders.json', "\xEF\xBB\xBF" . str_replace("\n", "\r\n", GoldenRows::text('pay_cod')));

        self::assertSame(0, $this->plan(['--rows', $file, $file], new FakeTranslator()));
        self::assertSame([4, ''], [substr_count($this->output, "\n"), $this->errors]);
    }

    /**
     * @return array<string, array{\Closure, string}> damage to the event, what is said about it
     */
    public static function damages(): array
    {
        $number = static fn (mixed $value): \Closure => static function (array &$event) use ($value): void {
            $event['invoice']['grand_total'] = $value;
        };

        return [
            'missing column' => [static function (array &$event): void {
                unset($event['invoice']['grand_total']);
            }, 'invoice.grand_total: missing'],
            'float money' => [$number(35.99), 'invoice.grand_total: is the number 35.99; money must be a string'],
            'integer money' => [$number(36), 'invoice.grand_total: is the number 36; money must be a string'],
            'list for money' => [$number([]), 'invoice.grand_total: expected a string or null, found a list'],
            'boolean for money' => [$number(false), 'invoice.grand_total: expected a string or null, found false'],
            'id no number' => [static function (array &$event): void {
                $event['invoice']['entity_id'] = 'x';
            }, 'invoice.entity_id: expected a whole number, found the string "x"'],
            'item without its order item' => [static function (array &$event): void {
                $event['invoice_items'][0]['order_item_id'] = '999';
            }, 'invoice_items[0].order_item_id: no order item has the item_id 999'],
            'missing item column' => [static function (array &$event): void {
                unset($event['invoice_items'][0]['row_total']);
            }, 'invoice_items[0].row_total: missing'],
            'item no object' => [static function (array &$event): void {
                $event['invoice_items'][0] = 'x';
            }, 'invoice_items[0]: expected an object'],
            'items no list' => [static function (array &$event): void {
                $event['invoice_items'] = 'x';
            }, 'invoice_items: expected a list of rows'],
            'missing tax percentage' => [static function (array &$event): void {
                unset($event['order_items'][0]['tax_percent']);
            }, 'order_items[0].tax_percent: missing'],
            'broken product options' => [static function (array &$event): void {
                $event['order_items'][0]['product_options'] = '{"a":';
            }, 'order_items[0].product_options: broken JSON text: Syntax error'],
            'broken payment information' => [static function (array &$event): void {
                $event['order_payment']['additional_information'] = 'a:0:{}';
            }, 'order_payment.additional_information: broken JSON text: Syntax error'],
            'no billing address' => [static function (array &$event): void {
                $event['order_addresses'] = [];
            }, 'order_addresses: no row has the address_type "billing"'],
            'no payment' => [static function (array &$event): void {
                unset($event['order_payment']);
            }, 'order_payment: missing'],
            'no store' => [static function (array &$event): void {
                unset($event['store']);
            }, 'store: missing'],
            'broken date' => [static function (array &$event): void {
                $event['invoice']['created_at'] = 'yesterday';
            }, 'invoice.created_at: expected a UTC date and time'],
            'order item that comes twice' => [static function (array &$event): void {
                $event['order_items'][] = $event['order_items'][0];
            }, 'order_items[1].item_id: 78 comes twice, first in events[2].order_items[0]'],
            'item that comes twice' => [static function (array &$event): void {
                $event['invoice_items'][] = $event['invoice_items'][0];
            }, 'invoice_items[1].entity_id: 83 comes twice, first in events[2].invoice_items[0]'],
            'two billing addresses' => [static function (array &$event): void {
                $event['order_addresses'][0]['address_type'] = 'billing';
                $event['order_addresses'][1]['address_type'] = 'billing';
            }, 'order_addresses[1].address_type: "billing" comes twice'],
            'order item that is its own parent' => [static function (array &$event): void {
                $event['order_items'][0]['parent_item_id'] = $event['order_items'][0]['item_id'];
            }, 'order_items[0].parent_item_id: order item 78 is among its own parents'],
            'two order items that are each other\'s parents' => [static function (array &$event): void {
                $event['order_items'][] = ['item_id' => '9', 'parent_item_id' => '78'] + $event['order_items'][0];
                $event['order_items'][0]['parent_item_id'] = '9';
            }, 'order_items[0].parent_item_id: order item 78 is among its own parents'],
            'store no object' => [static function (array &$event): void {
                $event['store'] = ['x'];
            }, 'store: expected an object'],
            'time zone no text' => [static function (array &$event): void {
                $event['store']['timezone'] = [];
            }, 'store.timezone: expected a string or null, found a list'],
            'NUL in a date' => [static function (array &$event): void {
                $event['invoice']['created_at'] = "2026-11-21 18:21:49\0";
            }, 'invoice.created_at: expected a UTC date and time'],
            'value without end' => [static function (array &$event): void {
                $event['invoice']['entity_id'] = str_repeat('é', 100000);
            }, 'invoice.entity_id: expected a whole number, found the string "' . str_repeat('é', 60) . "…\"\n"],
            'line feed in a value' => [static function (array &$event): void {
                $event['invoice']['created_at'] = "a\nb";
            }, 'invoice.created_at: expected a UTC date and time such as "2026-11-21 18:21:49", found "a\nb"'],
        ];
    }

    /**
     * @dataProvider damages
     */
    public function testDamagedEventIsNamedAndTheOthersAreDone(\Closure $damage, string $said): void
    {
        $text = GoldenRows::changed('ship_excl_taxed', static function (array &$document) use ($damage): void {
            $document['events'][] = $document['events'][1];
            $damage($document['events'][2]);
        });
        $file = $this->write('orders.json', $text);

        self::assertSame(2, $this->plan(['--rows', $file], new FakeTranslator()));
        self::assertSame(2, substr_count($this->output, "\n"));
        self::assertStringStartsWith('plan: ' . $file . ': events[2].' . $said, $this->errors);
        self::assertSame(1, substr_count($this->errors, "\n"));
    }

    public function testSenselessButWellFormedMoneyIsForTheCoreToReject(): void
    {
        $translator = new FakeTranslator();
        $file = $this->write('orders.json', GoldenRows::changed('ship_excl_taxed', static function (array &$d): void {
            $d['events'][1]['invoice']['grand_total'] = 'abc';
        }));

        self::assertSame(0, $this->plan(['--rows', $file], $translator));
        self::assertStringContainsString('"grand_total":"abc"', $translator->asked[1]['event']);
    }

    public function testBadSettingsEndBeforeAnyDecision(): void
    {
        $rows = $this->write('orders.json', GoldenRows::text('ship_excl_taxed'));
        foreach (['{' => 'broken JSON', '[]' => 'not a JSON object', '' => 'empty'] as $text => $said) {
            $settings = $this->write('s.json', $text);
            self::assertSame(2, $this->plan(['--rows', $rows, '--settings', $settings], new FakeTranslator()));
            self::assertSame('', $this->output);
            self::assertStringStartsWith('plan: ' . $settings . ': ' . $said, $this->errors);
        }
        self::assertSame(2, $this->plan(['--rows', $rows, '--settings', '/nowhere.json'], new FakeTranslator()));
        self::assertSame("plan: /nowhere.json: no such file\n", $this->errors);
    }

    public function testHostThatCannotTranslateIsExplainedOnce(): void
    {
        $broken = new BridgeException('component_missing', 'no component', '', 'build it');
        $file = $this->write('orders.json', GoldenRows::text('inv_open_then_paid'));

        self::assertSame(2, $this->plan(['--rows', $file], new FakeTranslator(null, $broken)));
        self::assertSame(['', "plan: component_missing: no component (build it)\n"], [$this->output, $this->errors]);
    }

    public function testHostThatFailsOnOneEventGoesOn(): void
    {
        $file = $this->write('orders.json', GoldenRows::text('inv_open_then_paid'));
        $answer = static fn (string $event) => str_contains($event, '"invoice.created"')
            ? throw new BridgeException('fuel_exhausted', 'ran too long', '', '')
            : FakeTranslator::skip('fine');

        self::assertSame(2, $this->plan(['--rows', $file], new FakeTranslator($answer)));
        self::assertSame(str_repeat(FakeTranslator::skip('fine')->json . "\n", 2), $this->output);
        self::assertSame(sprintf("plan: %s: events[1]: fuel_exhausted: ran too long\n", $file), $this->errors);
    }

    public function testUsageIsOneLine(): void
    {
        foreach ([[], ['--rows'], ['--frob', 'x']] as $words) {
            self::assertSame(2, $this->plan($words, new FakeTranslator()));
            self::assertSame('', $this->output);
            self::assertStringContainsString('usage: ', $this->errors);
            self::assertSame(1, substr_count($this->errors, "\n"));
        }
        self::assertSame(0, $this->plan(['--help'], new FakeTranslator()));
    }

    /**
     * @param string[] $words
     */
    private function plan(array $words, FakeTranslator $translator, string $input = ''): int
    {
        [$in, $out, $err] = [fopen('php://memory', 'r+'), fopen('php://memory', 'r+'), fopen('php://memory', 'r+')];
        fwrite($in, $input);
        rewind($in);
        $command = new PlanCommand(
            new Streams($in, $out, $err),
            static fn () => $translator,
            $this->folder . '/settings.json'
        );
        $exitCode = $command->run($words);
        $this->output = (string) stream_get_contents($out, null, 0);
        $this->errors = (string) stream_get_contents($err, null, 0);

        return $exitCode;
    }

    private function write(string $name, string $text): string
    {
        file_put_contents($this->folder . '/' . $name, $text);

        return $this->folder . '/' . $name;
    }
}
