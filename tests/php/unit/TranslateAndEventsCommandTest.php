<?php

declare(strict_types=1);

namespace Byte8\SageAccounting\Tools\Unit;

use Byte8\SageAccounting\Model\Bridge\BridgeException;
use Byte8\SageAccounting\Test\Fake\FakeTranslator;
use Byte8\SageAccounting\Test\Recorded\GoldenRows;
use Byte8\SageAccounting\Tools\EventsCommand;
use Byte8\SageAccounting\Tools\Streams;
use Byte8\SageAccounting\Tools\TranslateCommand;
use PHPUnit\Framework\TestCase;

/**
 * The two doors the Rust tools use: canonical events out, decisions out.
 */
class TranslateAndEventsCommandTest extends TestCase
{
    /** @var resource */
    private mixed $output;

    /** @var resource */
    private mixed $errors;

    public function testEveryRequestIsAnsweredInOrderWhateverItIs(): void
    {
        $answer = static fn (string $event) => $event === 'broken'
            ? throw new BridgeException('panic', 'the core panicked', '/p', 'tell us')
            : FakeTranslator::skip($event);
        $requests = [
            '{"event":"one","settings":"{}"}',
            'garbage',
            '3',
            '{"event":{},"settings":"{}"}',
            '{"event":"broken","settings":"{}"}',
            '{"event":"two","settings":"{}"}',
        ];
        $command = new TranslateCommand(
            $this->streams(implode("\n", $requests)),
            static fn () => new FakeTranslator($answer)
        );

        self::assertSame(2, $command->run());
        $bad = '{"error":{"code":"bad_request","pointer":"","message":"line %d is no request","suggestion":""}}';
        self::assertSame([
            FakeTranslator::skip('one')->json,
            sprintf($bad, 2),
            sprintf($bad, 3),
            sprintf($bad, 4),
            '{"error":{"code":"panic","pointer":"/p","message":"the core panicked","suggestion":"tell us"}}',
            FakeTranslator::skip('two')->json,
        ], $this->outputLines());
    }

    public function testTextsArePassedOnUntouched(): void
    {
        $translator = new FakeTranslator();
        $event = "{\n\"a\":1.50, \"é\":\"\\u00e9\"}";
        $request = json_encode(['event' => $event, 'settings' => ' {} '], JSON_THROW_ON_ERROR);

        self::assertSame(0, (new TranslateCommand($this->streams($request), static fn () => $translator))->run());
        self::assertSame([['event' => $event, 'settings' => ' {} ']], $translator->asked);
    }

    public function testHostWithoutExtensionAnswersNothing(): void
    {
        $command = new TranslateCommand(
            $this->streams('{"event":"one","settings":"{}"}'),
            static fn () => throw new BridgeException('extension_missing', 'not loaded', '', 'install it')
        );

        self::assertSame(2, $command->run());
        self::assertSame([], $this->outputLines());
        self::assertSame(
            "translate: extension_missing: not loaded (install it)\n",
            stream_get_contents($this->errors, null, 0)
        );
    }

    public function testEventsCarryFileAndPlace(): void
    {
        $streams = $this->streams(GoldenRows::text('ship_excl_taxed'));

        self::assertSame(0, (new EventsCommand($streams))->run(['-']));
        self::assertStringStartsWith(
            '{"file":"-","index":0,"event":{"schema":"1","event":"order.placed"',
            $this->outputLines()[0]
        );
        self::assertStringStartsWith(
            '{"file":"-","index":1,"event":{"schema":"1","event":"invoice.created"',
            $this->outputLines()[1]
        );
        self::assertCount(2, $this->outputLines());
    }

    private function streams(string $input): Streams
    {
        $in = fopen('php://memory', 'r+');
        fwrite($in, $input);
        rewind($in);
        $this->output = fopen('php://memory', 'r+');
        $this->errors = fopen('php://memory', 'r+');

        return new Streams($in, $this->output, $this->errors);
    }

    /**
     * @return string[]
     */
    private function outputLines(): array
    {
        return array_values(array_filter(explode("\n", (string) stream_get_contents($this->output, null, 0))));
    }
}
